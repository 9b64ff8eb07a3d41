import Contracts
import ICPDomain
import RPC
import SwiftProtobuf

/// An agreement that has passed validation, in each of its forms.
struct AgreementContent: Sendable {
    let tree: Tree
    let canonical: String
    let digest: String
    /// As it was given: YAML or JSON; canonical JSON where it was a message.
    let document: String
    /// What is valid but hardly meant.
    let warnings: [WireFieldViolation]

    /// Reads a document or a message; the other one is absent.
    ///
    /// - Throws: every fault, those of a document with their lines.
    init(document: String, agreement: WireAgreement?) throws(AgreementFaults) {
        let text = if let agreement { try Self.json(of: agreement) } else { document }
        let findings = Agreement.check(text)
        guard let checked = findings.agreement else { throw AgreementFaults(faults: findings.faults) }
        tree = checked.tree
        canonical = tree.canonicalJSON
        digest = Digest.text(of: canonical)
        self.document = agreement == nil ? document : canonical
        warnings = findings.warnings.map { $0.wire(isDocument: agreement == nil) }
    }

    /// What is valid but hardly meant in a document that has passed validation.
    static func warnings(of document: String) -> [WireFieldViolation] {
        Agreement.check(document).warnings.map { $0.wire(isDocument: true) }
    }

    /// A message is read as its JSON: one reader for all, so one set of rules.
    private static func json(of agreement: WireAgreement) throws(AgreementFaults) -> String {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.useDeterministicOrdering = true
        guard let json = try? agreement.jsonString(options: options) else {
            throw AgreementFaults(faults: [
                AgreementFault(.value, path: "", found: "a value without a JSON form", expected: "finite numbers")
            ])
        }
        return json
    }
}

/// Collects the faults of a request, so that the caller is told all of them at once.
struct RequestFaults {
    private(set) var violations: [WireFieldViolation] = []

    mutating func require(_ holds: Bool, _ path: String, found: @autoclosure () -> String, expected: String) {
        if !holds { violations.append(WireFieldViolation(path, found: found(), expected: expected)) }
    }

    mutating func requireName(_ text: String, _ path: String) {
        violations += Limits.name(text, path)
    }

    mutating func requireComment(_ text: String, _ path: String = "comment") {
        require(
            text.utf8.count <= Limits.comment, path, found: "\(text.utf8.count) bytes",
            expected: "at most \(Limits.comment) bytes")
    }

    mutating func requireVersion(_ version: Int64, _ path: String = "version") {
        require(version > 0, path, found: "\(version)", expected: "the number of a version")
    }

    /// The side that a request names.
    mutating func side(_ wire: WireSide, _ path: String = "side") -> AgreementSide? {
        let side = AgreementSide(wire)
        require(side != nil, path, found: "\(wire)", expected: "SIDE_MARKETING or SIDE_SALES")
        return side
    }

    /// The agreement that a request brings along; nil, with its faults, where it is not valid.
    ///
    /// - Parameter path: where the agreement's own field stands, before `document` or `agreement`.
    mutating func content(
        document: String, agreement: WireAgreement?, under path: String = ""
    ) -> AgreementContent? {
        do throws(AgreementFaults) {
            return try AgreementContent(document: document, agreement: agreement)
        } catch {
            violations += error.faults.map { fault in
                var violation = fault.wire(isDocument: agreement == nil)
                if !path.isEmpty { violation.path = "\(path).\(violation.path)" }
                return violation
            }
            return nil
        }
    }

    /// - Throws: `invalid_argument` with all of them.
    func check() throws {
        if !violations.isEmpty { throw RPCError.invalid(violations) }
    }

    /// What was read, which is there where there is no fault.
    ///
    /// - Throws: `invalid_argument` with all of them.
    func checked<Value>(_ value: Value?) throws -> Value {
        guard let value, violations.isEmpty else { throw RPCError.invalid(violations) }
        return value
    }
}
