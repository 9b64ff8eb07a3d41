import Yams

/// Reads mapping files: YAML in which every key is known, or it is a fault.
struct MappingReader {
    private let file: String
    private(set) var faults: [ImportFault] = []

    init(file: String) {
        self.file = file
    }

    /// - Throws: ``ImportFaults`` with every fault of the text.
    static func read(_ text: String, file: String) throws -> ImportMapping {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ImportFaults([
                ImportFault(file: file, line: 0, path: "", found: "\(error)", expected: "a YAML mapping file")
            ])
        }
        var reader = MappingReader(file: file)
        let mapping = reader.mapping(root)
        guard reader.faults.isEmpty, let mapping else { throw ImportFaults(reader.faults) }
        return mapping
    }

    mutating func mapping(_ node: Node?, path: String = "") -> ImportMapping? {
        guard let fields = entries(node, path, known: ["kind", "file", "columns", "skip_when_blank", "only"]) else {
            return nil
        }
        let kindNode = fields["kind"]
        guard let kind = kindNode?.string.flatMap(ImportKind.init(rawValue:)) else {
            fault(
                kindNode ?? node, "\(path)kind", expected: ImportKind.allCases.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        var columns: [(field: String, rule: ColumnRule)] = []
        let shape = kind.shape
        for (key, value) in fields["columns"]?.mapping ?? [:] {
            let name = key.string ?? ""
            if !shape.knows(name) {
                fault(
                    key, "\(path)columns.\(name)",
                    expected: "one of \(shape.names.sorted().joined(separator: ", "))")
            } else if let rule = rule(value, "\(path)columns.\(name)") {
                columns.append((name, rule))
            }
        }
        for required in shape.required where !columns.contains(where: { $0.field == required }) {
            fault(fields["columns"] ?? node, "\(path)columns.\(required)", expected: "a column or a constant")
        }
        return ImportMapping(
            kind: kind, file: fields["file"]?.string, columns: columns,
            skipWhenBlank: fields["skip_when_blank"]?.sequence?.compactMap(\.string) ?? [],
            only: only(fields["only"]))
    }

    private mutating func rule(_ node: Node, _ path: String) -> ColumnRule? {
        if let column = node.string { return ColumnRule(column: column) }
        let known: Set<String> = [
            "column", "constant", "template", "replace", "lookup", "values", "default", "currency", "unit", "separator",
        ]
        guard let fields = entries(node, path, known: known) else { return nil }
        var rule = ColumnRule(
            column: fields["column"]?.string, constant: fields["constant"]?.string, template: fields["template"]?.string
        )
        if [rule.column, rule.constant, rule.template].compactMap({ $0 }).count != 1 {
            fault(node, path, expected: "one of column, constant and template")
        }
        rule.replace = texts(fields["replace"])
        rule.values = fields["values"].map(texts)
        rule.fallback = fields["default"]?.string
        rule.currency = fields["currency"]?.string
        rule.unit = fields["unit"]?.float ?? 1
        rule.separator = fields["separator"]?.string ?? ";"
        if let lookup = fields["lookup"] {
            rule.lookup = self.lookup(lookup, "\(path).lookup")
        }
        return rule
    }

    private mutating func lookup(_ node: Node, _ path: String) -> ColumnRule.Lookup? {
        guard let fields = entries(node, path, known: ["file", "key", "value"]) else { return nil }
        guard let file = fields["file"]?.string, let key = fields["key"]?.string, let value = fields["value"]?.string
        else {
            fault(node, path, expected: "file, key and value")
            return nil
        }
        return ColumnRule.Lookup(file: file, key: key, value: value)
    }

    private func texts(_ node: Node?) -> [String: String] {
        var result: [String: String] = [:]
        for (key, value) in node?.mapping ?? [:] {
            if let key = key.string, let value = value.string { result[key] = value }
        }
        return result
    }

    private func only(_ node: Node?) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for (key, value) in node?.mapping ?? [:] {
            guard let key = key.string else { continue }
            result[key] = Set(value.sequence?.compactMap(\.string) ?? value.string.map { [$0] } ?? [])
        }
        return result
    }

    mutating func entries(_ node: Node?, _ path: String, known: Set<String>) -> [String: Node]? {
        guard let mapping = node?.mapping else {
            fault(node, path, expected: "a mapping with \(known.sorted().joined(separator: ", "))")
            return nil
        }
        var result: [String: Node] = [:]
        for (key, value) in mapping {
            let name = key.string ?? ""
            if known.contains(name) {
                result[name] = value
            } else {
                fault(key, "\(path).\(name)", expected: "one of \(known.sorted().joined(separator: ", "))")
            }
        }
        return result
    }

    private mutating func fault(_ node: Node?, _ path: String, expected: String) {
        let found = node?.string ?? (node == nil ? "nothing" : "another shape")
        faults.append(
            ImportFault(file: file, line: node?.mark?.line ?? 0, path: path, found: found, expected: expected))
    }
}
