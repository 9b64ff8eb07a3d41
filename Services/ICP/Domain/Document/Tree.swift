/// A document without its punctuation: what YAML and JSON have in common.
public enum Tree: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case list([Tree])
    /// Entries keep the order of the document; keys differ.
    case map([Entry])

    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: Tree

        public init(_ key: String, _ value: Tree) {
            self.key = key
            self.value = value
        }
    }

    /// The value of a key of a map.
    public subscript(key: String) -> Tree? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// For faults and diffs: `60`, `nurture`, `[mon, tue]`, `a map with 3 entries`.
    public var summary: String {
        switch self {
        case .null: "nothing"
        case .boolean(let boolean): String(boolean)
        case .number(let number): Tree.text(of: number)
        case .text(let text): text.count > 80 ? "\(text.prefix(77))..." : text
        case .list(let parts):
            parts.count <= 8 && parts.allSatisfy(\.isScalar)
                ? "[\(parts.map(\.summary).joined(separator: ", "))]" : "a list of \(parts.count)"
        case .map(let entries): "a map with \(entries.count) entries"
        }
    }

    /// The summary where the kind of value is at fault.
    var described: String {
        if case .number = self { "the number \(summary)" } else { summary }
    }

    var isScalar: Bool {
        switch self {
        case .list, .map: false
        case .null, .boolean, .number, .text: true
        }
    }

    /// The shortest text that reads back as the same number; whole numbers have no point.
    static func text(of number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? String(number)
    }
}
