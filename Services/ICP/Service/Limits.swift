import Contracts

/// Sizes of what callers send, in bytes of UTF-8.
enum Limits {
    static let name = 256
    static let comment = 4_096
    static let text = 1_024
    static let entries = 1_000

    /// What is wrong with the name of a person or a key.
    static func name(_ text: String, _ path: String) -> [WireFieldViolation] {
        if text.allSatisfy(\.isWhitespace) {
            return [WireFieldViolation(path, found: "nothing", expected: "a name or an id")]
        }
        guard text.utf8.count > name else { return [] }
        return [WireFieldViolation(path, found: "\(text.utf8.count) bytes", expected: "at most \(name) bytes")]
    }
}
