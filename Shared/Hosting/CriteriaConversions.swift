public import Contracts
public import Criteria
import Kernel
public import SwiftProtobuf

/// The one crossing between criteria on the wire and criteria in domains; every service's `Conversions.swift` uses it.
extension Criteria {
    /// - Parameter path: where the tree stands in the request, for faults.
    /// - Throws: ``CriteriaFaults`` with every fault of shape. Whether fields, operators and values go together is
    ///   checked when it is compiled.
    public init(
        _ wire: WireCriteria, path: String, limits: CriteriaLimits = .standard
    ) throws(CriteriaFaults) {
        var reader = CriteriaReader(depth: limits.depth)
        let criteria = reader.read(wire, path, depth: 1)
        guard reader.faults.isEmpty, let criteria else { throw CriteriaFaults(faults: reader.faults) }
        self = criteria
    }

    /// The same on the wire; a group without parts has no form there.
    public var wire: WireCriteria {
        .with {
            switch self {
            case .all(let parts): $0.all = parts.map(\.wire)
            case .any(let parts): $0.any = parts.map(\.wire)
            case .none(let parts): $0.none = parts.map(\.wire)
            case .leaf(let leaf):
                $0.field = leaf.field
                $0.op = leaf.op.rawValue
                if let value = leaf.value { $0.value = value.wire }
            case .behaviour(let behaviour):
                $0.event = behaviour.event
                if let filter = behaviour.filter { $0.where = filter.wire }
                if let within = behaviour.within { $0.within = within.text }
                if let atLeast = behaviour.atLeast { $0.atLeast = Int32(clamping: atLeast) }
                if let atMost = behaviour.atMost { $0.atMost = Int32(clamping: atMost) }
            }
        }
    }
}

/// Reads a tree from the wire and collects its faults.
private struct CriteriaReader {
    let depth: Int
    var faults: [CriteriaFault] = []

    mutating func read(_ wire: WireCriteria, _ path: String, depth: Int) -> Criteria? {
        guard depth <= self.depth else {
            return fault(path, "groups \(depth) deep", "at most \(self.depth)")
        }
        let forms = Self.forms(wire)
        guard forms.count == 1 else {
            return fault(
                path, forms.isEmpty ? "nothing" : forms.joined(separator: " and "),
                "exactly one of all, any, none, field, event")
        }
        switch forms[0] {
        case "all": return parts(wire.all, "all", path, depth).map(Criteria.all)
        case "any": return parts(wire.any, "any", path, depth).map(Criteria.any)
        case "none": return parts(wire.none, "none", path, depth).map(Criteria.none)
        case "field": return leaf(wire, path)
        default: return behaviour(wire, path, depth)
        }
    }

    private static func forms(_ wire: WireCriteria) -> [String] {
        var forms: [String] = []
        if !wire.all.isEmpty { forms.append("all") }
        if !wire.any.isEmpty { forms.append("any") }
        if !wire.none.isEmpty { forms.append("none") }
        if !wire.field.isEmpty || !wire.op.isEmpty || wire.hasValue { forms.append("field") }
        if !wire.event.isEmpty || wire.hasWhere || !wire.within.isEmpty || wire.hasAtLeast || wire.hasAtMost {
            forms.append("event")
        }
        return forms
    }

    private mutating func parts(
        _ wires: [WireCriteria], _ name: String, _ path: String, _ depth: Int
    ) -> [Criteria]? {
        let parts = wires.enumerated().map { read($1, "\(path).\(name)[\($0)]", depth: depth + 1) }
        return parts.contains { $0 == nil } ? nil : parts.compactMap { $0 }
    }

    private mutating func leaf(_ wire: WireCriteria, _ path: String) -> Criteria? {
        let before = faults.count
        if wire.field.isEmpty { _ = fault("\(path).field", "nothing", "the name of a field") }
        let op = CriteriaOperator(rawValue: wire.op)
        if op == nil { unknownOperator(wire.op, "\(path).op") }
        var value: FieldValue?
        if wire.hasValue {
            value = FieldValue(wire.value)
            if value == nil {
                _ = fault("\(path).value", "null or an object", "a text, a number, true, false or a list")
            }
        }
        guard let op, faults.count == before else { return nil }
        return .leaf(Criteria.Leaf(field: wire.field, op: op, value: value))
    }

    private mutating func behaviour(_ wire: WireCriteria, _ path: String, _ depth: Int) -> Criteria? {
        let before = faults.count
        if wire.event.isEmpty { _ = fault("\(path).event", "nothing", "a kind of engagement") }
        let filter = wire.hasWhere ? read(wire.where, "\(path).where", depth: depth + 1) : nil
        let within = wire.within.isEmpty ? nil : TimeSpan(text: wire.within)
        if !wire.within.isEmpty, within == nil {
            _ = fault("\(path).within", wire.within, "a duration such as 30d or 12h")
        }
        guard faults.count == before else { return nil }
        return .behaviour(
            Criteria.Behaviour(
                event: wire.event, filter: filter, within: within, atLeast: wire.hasAtLeast ? Int(wire.atLeast) : nil,
                atMost: wire.hasAtMost ? Int(wire.atMost) : nil))
    }

    private mutating func unknownOperator(_ op: String, _ path: String) {
        let names = CriteriaOperator.allCases.map(\.rawValue)
        faults.append(
            CriteriaFault(
                path: path, found: op.isEmpty ? "nothing" : op,
                expected: "one of \(names.joined(separator: " "))", suggestion: NearestName.of(op, in: names)))
    }

    private mutating func fault(_ path: String, _ found: String, _ expected: String) -> Criteria? {
        faults.append(CriteriaFault(path: path, found: found, expected: expected))
        return nil
    }
}

extension FieldValue {
    /// Nil for null, objects and lists that hold them; text stays text, whatever it looks like.
    public init?(_ wire: Google_Protobuf_Value) {
        switch wire.kind {
        case .stringValue(let text): self = .text(text)
        case .numberValue(let number): self = .number(number)
        case .boolValue(let boolean): self = .boolean(boolean)
        case .listValue(let list):
            let entries = list.values.compactMap { entry -> FieldValue? in
                if case .listValue = entry.kind { nil } else { FieldValue(entry) }
            }
            guard entries.count == list.values.count else { return nil }
            self = .list(entries)
        case .nullValue, .structValue, .none: return nil
        }
    }

    /// A date becomes its text.
    public var wire: Google_Protobuf_Value {
        switch self {
        case .text(let text): Google_Protobuf_Value(stringValue: text)
        case .number(let number): Google_Protobuf_Value(numberValue: number)
        case .boolean(let boolean): Google_Protobuf_Value(boolValue: boolean)
        case .date(let date): Google_Protobuf_Value(stringValue: date.text)
        case .list(let entries): Google_Protobuf_Value(listValue: .with { $0.values = entries.map(\.wire) })
        }
    }
}

extension Verdict {
    public var wire: WireVerdict {
        switch self {
        case .true: .true
        case .false: .false
        case .unknown: .unknown
        }
    }
}

extension LeafReason {
    public var wire: WireLeafReason {
        .with {
            $0.path = path
            $0.field = field
            $0.op = op
            if let expected { $0.expected = expected.wire }
            if let found { $0.found = found.wire }
            $0.verdict = verdict.wire
        }
    }
}

extension CriteriaFaults {
    /// As a caller is told.
    public var violations: [WireFieldViolation] {
        faults.map { fault in
            WireFieldViolation(
                fault.path, found: fault.found,
                expected: fault.suggestion.map { "\(fault.expected); did you mean \($0)?" } ?? fault.expected)
        }
    }
}

extension FieldCatalogue {
    /// The standard fields and the custom ones that an agreement declares; a type that is none is left out.
    public init(_ agreement: WireAgreement) {
        self.init(
            custom: agreement.fields.compactMap { field in
                FieldType(rawValue: field.type).map { (field.name, $0) }
            })
    }
}

extension WeightedTiers {
    /// - Throws: ``CriteriaFaults`` with every fault of the section.
    public init(_ section: WireIcpSection, catalogue: FieldCatalogue) throws(CriteriaFaults) {
        var faults: [CriteriaFault] = []
        func read(_ wire: WireCriteria, _ path: String) -> Criteria? {
            do throws(CriteriaFaults) {
                return try Criteria(wire, path: path)
            } catch {
                faults += error.faults
                return nil
            }
        }
        let tiers = section.tiers.enumerated().map { index, tier in
            Tier(
                name: tier.name, atLeast: tier.atLeast,
                requires: tier.hasRequires ? read(tier.requires, "icp.tiers[\(index)].requires") : nil)
        }
        let criteria = section.criteria.enumerated().compactMap { index, criterion in
            read(criterion.when, "icp.criteria[\(index)].when").map {
                Criterion(id: criterion.id, weight: criterion.weight, when: $0)
            }
        }
        guard faults.isEmpty else { throw CriteriaFaults(faults: faults) }
        try self.init(tiers: tiers, criteria: criteria, catalogue: catalogue)
    }
}
