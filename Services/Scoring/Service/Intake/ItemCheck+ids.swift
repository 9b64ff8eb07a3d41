import Foundation

extension ItemCheck {
    /// A natural key. Swift takes texts for the same that SQLite tells apart, a letter with its accent and a letter with
    /// an accent to combine: so there is one way to write an id.
    mutating func id(_ field: String, _ text: String) {
        name(field, text)
        if !Self.isComposed(text) {
            fault(field, found: "accents apart from their letters", expected: "composed Unicode (NFC)")
        }
    }

    /// Natural keys: at least one, at most a hundred.
    mutating func ids(_ field: String, _ texts: [String]) {
        if texts.isEmpty { fault(field, found: "nothing", expected: "1 to 100 ids") }
        if texts.count > 100 { fault(field, found: "\(texts.count) ids", expected: "1 to 100 ids") }
        for (place, text) in texts.prefix(100).enumerated() { id("\(field)[\(place)]", text) }
    }

    /// Whether a text is in normalisation form C, as every text is whose letters come before U+0300.
    private static func isComposed(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0xCC } || text.precomposedStringWithCanonicalMapping.utf8.elementsEqual(text.utf8)
    }
}
