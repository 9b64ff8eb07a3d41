extension Tree {
    /// JSON with sorted keys (by Unicode scalars), without blanks: the same tree has the same bytes.
    public var canonicalJSON: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// JSON for people: in the order of the document, indented by two blanks, short lists on one line.
    public var prettyJSON: String {
        var text = ""
        writePretty(to: &text, indent: 0)
        return text
    }

    private func writePretty(to text: inout String, indent: Int) {
        let inner = "\n" + String(repeating: " ", count: indent + 2)
        let end = "\n" + String(repeating: " ", count: indent)
        switch self {
        case .map(let entries) where !entries.isEmpty:
            text += "{"
            for (index, entry) in entries.enumerated() {
                text += (index > 0 ? "," : "") + inner
                Tree.write(entry.key, to: &text)
                text += ": "
                entry.value.writePretty(to: &text, indent: indent + 2)
            }
            text += "\(end)}"
        case .list(let parts) where !parts.allSatisfy(\.isScalar):
            text += "["
            for (index, part) in parts.enumerated() {
                text += (index > 0 ? "," : "") + inner
                part.writePretty(to: &text, indent: indent + 2)
            }
            text += "\(end)]"
        case .list(let parts):
            text += "[\(parts.map(\.canonicalJSON).joined(separator: ", "))]"
        case .null, .boolean, .number, .text, .map: write(to: &text)
        }
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .boolean(let boolean): text += boolean ? "true" : "false"
        case .number(let number): text += Tree.text(of: number)
        case .text(let value): Tree.write(value, to: &text)
        case .list(let parts):
            text += "["
            for (index, part) in parts.enumerated() {
                if index > 0 { text += "," }
                part.write(to: &text)
            }
            text += "]"
        case .map(let entries):
            text += "{"
            let sorted = entries.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
            for (index, entry) in sorted.enumerated() {
                if index > 0 { text += "," }
                Tree.write(entry.key, to: &text)
                text += ":"
                entry.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
