public import Criteria
import Kernel

/// Reads a tree of criteria: shapes, operators and values here; fields and types when it is compiled.
struct CriteriaReader {
    let faults: FaultList

    static let groups = ["all", "any", "none"]
    static let leaf = PartShape(
        "A field compared with a value.",
        [
            .required("field", .text(.plain), "The name of a field, such as company.employees."),
            .required("op", .words(CriteriaOperator.self), "How it is compared."),
        ])
    static let behaviour = PartShape(
        "How often a lead did something.",
        [
            .required("event", .text(.plain), "The kind of engagement."),
            .optional("within", .text(.duration), "How far back from now; absent means ever."),
            .optional("at_least", .whole(0...1_000_000), "How often at least. Default 1, without at_most."),
            .optional("at_most", .whole(0...1_000_000), "How often at most."),
        ])
    private static let leafNames = leaf.names + ["value"]
    private static let behaviourNames = behaviour.names + ["where"]

    func read(_ tree: Tree, _ path: String, depth: Int) -> Criteria? {
        guard depth <= CriteriaLimits.standard.depth else {
            faults.add(
                .limit, path, found: "groups \(depth) deep", expected: "at most \(CriteriaLimits.standard.depth)")
            return nil
        }
        guard case .map(let entries) = tree else {
            faults.add(
                tree == .null ? .missing : .type, path, found: tree.described,
                expected: "a map with all, any, none, field or event")
            return nil
        }
        let misspelt = ShapeReader(faults: faults).refuseUnknown(
            entries, Self.groups + Self.leafNames + Self.behaviourNames, path)
        guard let form = form(entries.map(\.key) + misspelt, path) else { return nil }
        switch form {
        case "all": return group(tree, "all", path, depth).map(Criteria.all)
        case "any": return group(tree, "any", path, depth).map(Criteria.any)
        case "none": return group(tree, "none", path, depth).map(Criteria.none)
        case "field": return leaf(tree, path, misspelt)
        default: return behaviour(tree, path, depth, misspelt)
        }
    }

    private func form(_ keys: [String], _ path: String) -> String? {
        let forms =
            Self.groups.filter(keys.contains)
            + [("field", Self.leafNames), ("event", Self.behaviourNames)].filter { keys.contains(where: $1.contains) }
            .map(\.0)
        if forms.count == 1 { return forms.first }
        faults.add(
            forms.isEmpty ? .missing : .conflict, path,
            found: forms.isEmpty ? "none of them" : forms.joined(separator: " and "),
            expected: "exactly one of all, any, none, field, event")
        return nil
    }

    private func group(_ tree: Tree, _ name: String, _ path: String, _ depth: Int) -> [Criteria]? {
        let place = "\(path).\(name)"
        guard case .list(let parts)? = tree[name] else {
            let found = tree[name] ?? .null
            faults.add(found == .null ? .missing : .type, place, found: found.described, expected: "a list")
            return nil
        }
        if parts.isEmpty {
            faults.add(.missing, place, found: "an empty list", expected: "at least one condition")
        }
        // One that cannot be read, which is a fault, leaves a hole: the others keep their places and are checked.
        let read = parts.enumerated().map { self.read($1, "\(place)[\($0)]", depth: depth + 1) ?? .all([]) }
        return read.isEmpty ? nil : read
    }

    private func leaf(_ tree: Tree, _ path: String, _ misspelt: Set<String>) -> Criteria? {
        let before = faults.count
        let leaf = part(tree, Self.leaf, path, misspelt)
        let value = tree["value"].flatMap { fieldValue($0, "\(path).value") }
        guard faults.count == before, misspelt.isEmpty, let op = CriteriaOperator(rawValue: leaf.text("op")) else {
            return nil
        }
        return .leaf(Criteria.Leaf(field: leaf.text("field"), op: op, value: value))
    }

    /// The fields of one form; names of others have been dealt with.
    private func part(_ tree: Tree, _ shape: PartShape, _ path: String, _ misspelt: Set<String>) -> Part {
        guard case .map(let entries) = tree else { return Part(tree: tree, path: path) }
        let own = entries.filter { shape.names.contains($0.key) }
        let spelt = PartShape(shape.about, shape.fields.filter { !misspelt.contains($0.name) })
        return Part(tree: ShapeReader(faults: faults).read(.map(own), as: spelt, at: path), path: path)
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
            if !parts.contains(.null) {
                faults.add(.type, path, found: "a list with maps or lists in it", expected: "a list of plain values")
            }
            return nil
        case .map, .null:
            faults.add(
                tree == .null ? .missing : .type, path, found: tree.described,
                expected: "a text, a number, true, false or a list")
            return nil
        }
    }

    private func behaviour(_ tree: Tree, _ path: String, _ depth: Int, _ misspelt: Set<String>) -> Criteria? {
        let before = faults.count
        let part = part(tree, Self.behaviour, path, misspelt)
        let filter = tree["where"].flatMap { read($0, "\(path).where", depth: depth + 1) }
        guard faults.count == before, misspelt.isEmpty else { return nil }
        return .behaviour(
            Criteria.Behaviour(
                event: part.text("event"), filter: filter, within: part.span("within"),
                atLeast: part.number("at_least").map { Int($0) }, atMost: part.number("at_most").map { Int($0) }))
    }
}

extension Criteria {
    /// The same as a document.
    public var tree: Tree {
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
