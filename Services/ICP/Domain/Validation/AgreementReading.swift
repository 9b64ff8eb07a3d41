extension Agreement {
    /// Reads an agreement from YAML or JSON and checks it.
    ///
    /// - Throws: ``AgreementFaults`` with every fault of the document at once, in the order of its lines. A document
    ///   that is no YAML at all has that fault alone, and so has one with a key twice in a map.
    public static func read(
        _ text: String, limits: DocumentLimits = DocumentLimits()
    ) throws(AgreementFaults) -> Agreement {
        let faults = FaultList()
        var parser = DocumentParser(limits: limits, faults: faults)
        guard let tree = parser.parse(text) else { throw AgreementFaults(faults: faults.placed(by: parser.positions)) }
        let agreement = Agreement(SectionReader(tree, "", known: known, faults))
        AgreementChecks(agreement: agreement, written: tree, faults: faults).run()
        guard faults.faults.isEmpty else { throw AgreementFaults(faults: faults.placed(by: parser.positions)) }
        return agreement
    }
}

extension Tree {
    /// Reads canonical JSON, or any other document, without asking what it says.
    public static func parse(_ text: String) throws(AgreementFaults) -> Tree {
        let faults = FaultList()
        var parser = DocumentParser(limits: DocumentLimits(), faults: faults)
        guard let tree = parser.parse(text), faults.faults.isEmpty else {
            throw AgreementFaults(faults: faults.placed(by: parser.positions))
        }
        return tree
    }
}
