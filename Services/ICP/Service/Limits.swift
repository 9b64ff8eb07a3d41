import Contracts
import Criteria
import Hosting
import SwiftProtobuf

/// Sizes of what callers send, in bytes of UTF-8.
enum Limits {
    static let name = 256
    static let comment = 4_096
    static let text = 1_024
    static let entries = 1_000
    static let attendees = 100
    /// Changes in one event, which has to stay small.
    static let changesTold = 200
    /// A value of a field of one's own.
    static let value = 4_096
    /// Things that were done, of one record.
    static let behaviour = 1_000
    /// Reasons in one answer.
    static let reasons = 100_000
    /// Verdicts in one answer.
    static let verdicts = 200_000
    /// Changes of target lists on one page that has more than one revision.
    static let changesListed = 5_000
    /// Accounts of one target list.
    static let targets = 10_000

    /// What is wrong with the name of a person or a key. Paths are made only of what is wrong.
    static func name(_ text: String, _ path: @autoclosure () -> String) -> [WireFieldViolation] {
        if text.allSatisfy(\.isWhitespace) {
            return [WireFieldViolation(path(), found: "nothing", expected: "a name or an id")]
        }
        return bytes(text, path(), most: name)
    }

    static func text(_ text: String, _ path: @autoclosure () -> String) -> [WireFieldViolation] {
        bytes(text, path(), most: self.text)
    }

    /// What is wrong with a list of texts.
    static func texts(_ texts: [String], _ path: @autoclosure () -> String) -> [WireFieldViolation] {
        var violations = entries(texts.count, path())
        for (index, text) in texts.enumerated() { violations += self.text(text, "\(path())[\(index)]") }
        return violations
    }

    static func comment(_ text: String, _ path: @autoclosure () -> String) -> [WireFieldViolation] {
        bytes(text, path(), most: comment)
    }

    static func entries(
        _ count: Int, _ path: @autoclosure () -> String, most: Int = entries
    ) -> [WireFieldViolation] {
        count <= most ? [] : [WireFieldViolation(path(), found: "\(count)", expected: "at most \(most)")]
    }

    /// What is wrong with values by name, in order of the names.
    static func values(
        _ values: [String: Google_Protobuf_Value], _ path: @autoclosure () -> String, most: Int
    ) -> [WireFieldViolation] {
        guard !values.isEmpty else { return [] }
        let path = path()
        var violations = entries(values.count, path, most: most)
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let found: String
            if !value.isFinite {
                found = "NaN or an infinity"
            } else if let value = FieldValue(value) {
                guard value.text.utf8.count > Self.value else { continue }
                found = "\(value.text.utf8.count) bytes"
            } else {
                found = "null or an object"
            }
            violations.append(
                WireFieldViolation(
                    "\(path).\(name)", found: found,
                    expected: "a text, a finite number, true, false or a list, of at most \(Self.value) bytes"))
        }
        return violations
    }

    private static func bytes(_ text: String, _ path: @autoclosure () -> String, most: Int) -> [WireFieldViolation] {
        guard text.utf8.count > most else { return [] }
        return [WireFieldViolation(path(), found: "\(text.utf8.count) bytes", expected: "at most \(most) bytes")]
    }
}
