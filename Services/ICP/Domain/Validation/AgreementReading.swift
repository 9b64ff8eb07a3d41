/// What a check of a document finds.
public struct AgreementFindings: Sendable {
    /// Nil where there are faults.
    public let agreement: Agreement?
    /// In the order of lines; with any, the document is refused.
    public let faults: [AgreementFault]
    /// In the order of lines: what is valid but hardly meant.
    public let warnings: [AgreementFault]
}

extension Agreement {
    /// Reads an agreement from YAML or JSON and checks it: everything that is wrong with it at once. A document that is
    /// no YAML at all has that fault alone.
    public static func check(_ text: String, limits: DocumentLimits = DocumentLimits()) -> AgreementFindings {
        let faults = FaultList()
        return check(text, limits: limits, faults)
    }

    /// The same of a file; one that is not UTF-8 has that fault alone.
    public static func check(bytes: [UInt8], limits: DocumentLimits = DocumentLimits()) -> AgreementFindings {
        let faults = FaultList()
        guard let text = DocumentText.decode(bytes, limits: limits, faults) else {
            return AgreementFindings(agreement: nil, faults: faults.faults(by: nil), warnings: [])
        }
        return check(text, limits: limits, faults)
    }

    /// - Throws: ``AgreementFaults``, as ``check(_:limits:)`` finds them.
    public static func read(
        _ text: String, limits: DocumentLimits = DocumentLimits()
    ) throws(AgreementFaults) -> Agreement {
        let findings = check(text, limits: limits)
        guard let agreement = findings.agreement else { throw AgreementFaults(faults: findings.faults) }
        return agreement
    }

    private static func check(_ text: String, limits: DocumentLimits, _ faults: FaultList) -> AgreementFindings {
        var parser = DocumentParser(limits: limits, faults: faults)
        guard let document = parser.parse(text) else {
            return AgreementFindings(agreement: nil, faults: faults.faults(by: nil), warnings: [])
        }
        let tree = ShapeReader(faults: faults).read(document.tree, as: shape, at: "")
        AgreementChecks(root: Part(tree: tree, path: ""), written: document.tree, faults: faults).run()
        return AgreementFindings(
            agreement: faults.isEmpty ? Agreement(tree: tree) : nil, faults: faults.faults(by: document.positions),
            warnings: faults.warnings(by: document.positions))
    }
}

extension Tree {
    /// Reads canonical JSON, or any other document, without asking what it says.
    public static func parse(_ text: String) throws(AgreementFaults) -> Tree {
        let faults = FaultList()
        var parser = DocumentParser(limits: DocumentLimits(), faults: faults)
        guard let document = parser.parse(text), faults.isEmpty else {
            throw AgreementFaults(faults: faults.faults(by: nil))
        }
        return document.tree
    }
}
