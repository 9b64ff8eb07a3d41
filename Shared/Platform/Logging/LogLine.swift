import Logging

/// One log event, ready to be written.
struct LogLine {
    let timestamp: String
    let level: String
    let service: String
    let message: String
    let error: String?
    let metadata: [(key: String, value: Logger.Metadata.Value)]

    /// `2025-03-01T09:00:00Z INFO scoring: lead stored leads=3 request_id=abc`
    var text: String {
        var line = "\(timestamp) \(level.uppercased()) \(service): \(JSONText.escaped(message, quotes: false))"
        if let error { line += " error=\(Self.word(error))" }
        for (key, value) in metadata { line += " \(key)=\(Self.word("\(value)"))" }
        return line + "\n"
    }

    var json: String {
        var line = "{\"timestamp\":\"\(timestamp)\",\"level\":\"\(level)\",\"service\":\(JSONText.string(service))"
        line += ",\"message\":\(JSONText.string(message))"
        if let error { line += ",\"error\":\(JSONText.string(error))" }
        if !metadata.isEmpty { line += ",\"metadata\":\(Self.object(metadata))" }
        return line + "}\n"
    }

    private static func object(_ members: [(key: String, value: Logger.Metadata.Value)]) -> String {
        "{" + members.map { "\(JSONText.string($0.key)):\(value($0.value))" }.joined(separator: ",") + "}"
    }

    private static func value(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): JSONText.string(text)
        case .stringConvertible(let value): JSONText.string(value.description)
        case .array(let values): "[" + values.map { Self.value($0) }.joined(separator: ",") + "]"
        case .dictionary(let members): object(members.sorted { $0.key < $1.key })
        }
    }

    /// In quotes where it would not read as one word.
    private static func word(_ text: String) -> String {
        let plain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x7F }
        return plain ? text : JSONText.string(text)
    }
}

/// JSON's strings.
enum JSONText {
    static func string(_ text: String) -> String {
        "\"" + escaped(text, quotes: true) + "\""
    }

    /// Control characters become escapes, so that a line stays one line; quotes and backslashes where asked.
    static func escaped(_ text: String, quotes: Bool) -> String {
        let needsNone = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && !(quotes && ($0 == 0x22 || $0 == 0x5C)) }
        if needsNone { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where quotes: result += "\\\""
            case "\\" where quotes: result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
