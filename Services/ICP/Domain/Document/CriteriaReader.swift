import Criteria
import Kernel

/// Reads a tree of criteria: shapes, operators and values here; fields and types when it is compiled.
struct CriteriaReader {
    let faults: FaultList

    private static let groups = ["all", "any", "none"]
    private static let leaf = ["field", "op", "value"]
    private static let behaviour = ["event", "where", "within", "at_least", "at_most"]

    func read(_ tree: Tree, _ path: String, depth: Int) -> Criteria? {
        guard depth <= CriteriaLimits.standard.depth else {
            faults.add(path, found: "groups \(depth) deep", expected: "at most \(CriteriaLimits.standard.depth)")
            return nil
        }
        guard case .map(let entries) = tree else {
            faults.add(path, found: tree.summary, expected: "a map with all, any, none, field or event")
            return nil
        }
        let reader = SectionReader(tree, path, known: Self.groups + Self.leaf + Self.behaviour, faults)
        let keys = entries.map(\.key) + reader.misspelt
        let forms = [
            keys.contains("all") ? "all" : nil, keys.contains("any") ? "any" : nil,
            keys.contains("none") ? "none" : nil, keys.contains(where: Self.leaf.contains) ? "field" : nil,
            keys.contains(where: Self.behaviour.contains) ? "event" : nil,
        ].compactMap { $0 }
        guard forms.count == 1, let form = forms.first else {
            faults.add(
                path, found: forms.isEmpty ? "none of them" : forms.joined(separator: " and "),
                expected: "exactly one of all, any, none, field, event")
            return nil
        }
        switch form {
        case "all": return group(reader, "all", depth).map(Criteria.all)
        case "any": return group(reader, "any", depth).map(Criteria.any)
        case "none": return group(reader, "none", depth).map(Criteria.none)
        case "field": return leaf(reader)
        default: return behaviour(reader, depth)
        }
    }

    private func group(_ reader: SectionReader, _ name: String, _ depth: Int) -> [Criteria]? {
        let before = faults.faults.count
        let list = reader.list(name)
        if list.isEmpty, faults.faults.count == before {
            reader.fault(name, found: "an empty list", expected: "at least one condition")
        }
        let parts = list.compactMap { read($0.tree, $0.path, depth: depth + 1) }
        return faults.faults.count == before ? parts : nil
    }

    private func leaf(_ reader: SectionReader) -> Criteria? {
        let before = faults.faults.count
        let field = reader.text("field", required: true)
        let op: CriteriaOperator = reader.choice("op", default: .eq, required: true)
        let value = reader.value("value").flatMap { fieldValue($0, reader.place("value")) }
        guard faults.faults.count == before else { return nil }
        return .leaf(Criteria.Leaf(field: field, op: op, value: value))
    }

    private func fieldValue(_ tree: Tree, _ path: String) -> FieldValue? {
        switch tree {
        case .boolean(let boolean): return .boolean(boolean)
        case .number(let number): return .number(number)
        case .text(let text): return .text(text)
        case .list(let parts):
            let values = parts.enumerated().compactMap { index, part in
                part.isScalar ? fieldValue(part, "\(path)[\(index)]") : nil
            }
            if values.count == parts.count { return .list(values) }
            faults.add(path, found: "a list with maps, lists or nothing in it", expected: "a list of plain values")
            return nil
        case .map, .null:
            faults.add(path, found: tree.summary, expected: "a text, a number, true, false or a list")
            return nil
        }
    }

    private func behaviour(_ reader: SectionReader, _ depth: Int) -> Criteria? {
        let before = faults.faults.count
        let event = reader.text("event", required: true)
        let filter = reader.value("where").flatMap { read($0, reader.place("where"), depth: depth + 1) }
        let within = reader.span("within")
        let atLeast = count(reader, "at_least")
        let atMost = count(reader, "at_most")
        guard faults.faults.count == before else { return nil }
        return .behaviour(
            Criteria.Behaviour(event: event, filter: filter, within: within, atLeast: atLeast, atMost: atMost))
    }

    private func count(_ reader: SectionReader, _ name: String) -> Int? {
        guard let number = reader.number(name, in: 0...1_000_000) else { return nil }
        guard let count = Int(exactly: number) else {
            reader.fault(name, found: Tree.text(of: number), expected: "a whole number")
            return nil
        }
        return count
    }
}

extension Criteria {
    /// The same as a document.
    var tree: Tree {
        switch self {
        case .all(let parts): .map([Tree.Entry("all", .list(parts.map(\.tree)))])
        case .any(let parts): .map([Tree.Entry("any", .list(parts.map(\.tree)))])
        case .none(let parts): .map([Tree.Entry("none", .list(parts.map(\.tree)))])
        case .leaf(let leaf):
            .fields([
                ("field", .text(leaf.field)), ("op", .text(leaf.op.rawValue)), ("value", leaf.value?.tree),
            ])
        case .behaviour(let behaviour):
            .fields([
                ("event", .text(behaviour.event)), ("where", behaviour.filter?.tree),
                ("within", behaviour.within.map { .text($0.text) }),
                ("at_least", behaviour.atLeast.map { .number(Double($0)) }),
                ("at_most", behaviour.atMost.map { .number(Double($0)) }),
            ])
        }
    }
}

extension FieldValue {
    fileprivate var tree: Tree {
        switch self {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .date(let date): .text(date.text)
        case .list(let entries): .list(entries.map(\.tree))
        }
    }
}
