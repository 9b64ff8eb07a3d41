import Criteria
import Kernel

/// What a text has to look like.
struct TextForm: Sendable {
    /// Completes "expected ...".
    let expected: String
    /// For editors (ECMA 262): every text that is accepted matches.
    let pattern: String?
    /// The text as it is stored; nil where it is not accepted.
    let reading: @Sendable (String) -> String?
    /// What was probably meant.
    var nearest: @Sendable (String) -> String? = { _ in nil }
    /// A form that any text has.
    var isPlain = false

    /// Of any text, in UTF-8.
    static let mostBytes = 4_096

    static let plain = TextForm(expected: "a text", pattern: nil, reading: { $0 }, isPlain: true)

    /// The ASCII among what ids consist of; letters and digits of other scripts come on top.
    static let id = TextForm(
        expected: "1 to 64 letters, digits, _, - or .", pattern: #"^[^\x00-,/:-@\[-^`{-\x7f]{1,64}$"#,
        reading: { text in
            let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
            return isPlain && (1...64).contains(text.utf8.count) ? text : nil
        })

    static let fieldName = TextForm(
        expected: "1 to 64 small letters, digits and _, without custom.", pattern: "^[a-z0-9_]{1,64}$",
        reading: { text in
            let isPlain = text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
            return isPlain && (1...64).contains(text.utf8.count) ? text : nil
        })

    static let jsonPath = TextForm(
        expected: "1 to 16 names with dots between them such as data.contact.id", pattern: #"^[^.]+(\.[^.]+){0,15}$"#,
        reading: { text in
            let names = text.split(separator: ".", omittingEmptySubsequences: false)
            return names.count <= 16 && names.allSatisfy { !$0.isEmpty } && text.utf8.count <= 512 ? text : nil
        })

    static let currency = TextForm(
        expected: "an ISO 4217 code such as USD", pattern: "^[A-Z]{3}$",
        reading: { $0.utf8.count == 3 && $0.utf8.allSatisfy { (65...90).contains($0) } ? $0 : nil })

    static let zone = TextForm(
        expected: "an IANA zone such as Europe/Berlin", pattern: nil, reading: { ZoneNames.isKnown($0) ? $0 : nil },
        nearest: ZoneNames.nearest)

    static let duration = TextForm(
        expected: "a duration above zero such as 30m, 4h or 2d", pattern: "^(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$",
        reading: { text in TimeSpan(text: text).flatMap { $0.microseconds > 0 ? $0.text : nil } })

    static let day = TextForm(
        expected: "a day such as 2026-12-24", pattern: #"^\d{4}-\d{2}-\d{2}$"#,
        reading: { CivilDate(text: $0)?.text })

    static let hours = TextForm(
        expected: "hours such as 09:00-12:30, 22:00-06:00 or 00:00-24:00",
        pattern: #"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"#,
        reading: { DayInterval(text: $0)?.text })

    static let link = TextForm(
        expected: "an address such as https://example.com/guide", pattern: #"^https?://[^\s]+$"#,
        reading: { text in
            let starts = ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count }
            return starts && !text.contains(where: \.isWhitespace) ? text : nil
        })
}
