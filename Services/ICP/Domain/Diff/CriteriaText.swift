/// Criteria in words.
enum CriteriaText {
    private static let words = [
        "eq": "is", "ne": "is not", "in": "in", "not_in": "not in", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
        "contains_any": "contains any of", "contains_all": "contains all of", "starts_with": "starts with",
        "ends_with": "ends with", "glob": "matches", "exists": "is known", "missing": "is missing",
        "older_than": "older than",
    ]

    /// Such as `employees >= 200 and (industry in [software] or country is DE)`.
    static func text(_ tree: Tree, nested: Bool = false) -> String {
        if case .list(let parts)? = tree["all"] { return joined(parts, " and ", nested) }
        if case .list(let parts)? = tree["any"] { return joined(parts, " or ", nested) }
        if case .list(let parts)? = tree["none"] { return "none of (\(joined(parts, ", ", false)))" }
        if case .text(let event)? = tree["event"] { return behaviour(event, tree) }
        guard case .text(let field)? = tree["field"], case .text(let op)? = tree["op"] else {
            return tree.canonicalJSON
        }
        let name = field.hasPrefix("company.") ? String(field.dropFirst(8)) : field
        let value = tree["value"].map { " \(TreeText.text($0, isCriteria: false))" } ?? ""
        return "\(name) \(words[op] ?? op)\(value)"
    }

    private static func joined(_ parts: [Tree], _ separator: String, _ nested: Bool) -> String {
        let text = parts.map { self.text($0, nested: nested || parts.count > 1) }.joined(separator: separator)
        return nested && parts.count > 1 ? "(\(text))" : text
    }

    private static func behaviour(_ event: String, _ tree: Tree) -> String {
        var text = event
        if let filter = tree["where"] { text += " where \(self.text(filter, nested: true))" }
        if let count = tree["at_least"] { text += " at least \(count.summary) times" }
        if let count = tree["at_most"] { text += " at most \(count.summary) times" }
        if let span = tree["within"] { text += " within \(span.summary)" }
        return text
    }
}
