import Foundation

/// The name of a company without what differs between two ways to write it.
public enum CompanyName {
    /// In lower case, without accents, punctuation, a leading "the" and the legal form: `The Müller & Söhne GmbH & Co.
    /// KG` and `Muller and Sohne` are both `muller and sohne`. Words are parted by one blank. Empty where the name has
    /// neither letter nor digit.
    public static func key(_ name: String) -> String {
        var words = NameFolding.words(unjoined(name))
        var count = 0
        repeat {
            count = words.count
            strip(&words)
        } while words.count < count
        return words.joined(separator: " ")
    }

    /// Takes one form away from each side, never the whole name.
    private static func strip(_ words: inout [String]) {
        if words.count > 1, words[0] == "the" { words.removeFirst() }
        if let form = LegalForms.endings.first(where: { words.count > $0.count && words.suffix($0.count) == $0[...] }) {
            words.removeLast(form.count)
        }
        if words.count > 1, words.last == "and" { words.removeLast() }
        if let form = LegalForms.beginnings.first(where: { words.count > $0.count && words.starts(with: $0) }) {
            words.removeFirst(form.count)
        }
    }

    /// Without the forms of scripts that part no words.
    private static func unjoined(_ name: String) -> String {
        let folded = NameFolding.folded(name)
        let whole = folded.trimmingCharacters(in: .whitespaces)
        for form in LegalForms.joined where whole != form {
            if whole.hasSuffix(form) { return String(whole.dropLast(form.count)) }
            if whole.hasPrefix(form) { return String(whole.dropFirst(form.count)) }
        }
        return folded
    }
}

/// Names as they are compared.
enum NameFolding {
    /// In lower case, decomposed, without accents; letters that only look like two become two.
    static func folded(_ text: String) -> String {
        var folded = ""
        for scalar in text.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
            switch scalar.value {
            case 0x300...0x36F: continue
            default: folded += letters[scalar] ?? String(scalar)
            }
        }
        return folded
    }

    /// Words of letters and digits. Single letters with points or slashes between them are one word: `S.p.A.`, `A/S`.
    static func words(_ text: String) -> [String] {
        folded(text).split(whereSeparator: \.isWhitespace).flatMap { piece -> [String] in
            let parts = piece.split { !isOfWord($0) && !isSilent($0) && $0 != "&" && $0 != "+" }
                .map { String($0.filter { !isSilent($0) }) }.filter { !$0.isEmpty }
            let isAbbreviation = parts.count > 1 && parts.allSatisfy { $0.count == 1 && $0 != "&" && $0 != "+" }
            return isAbbreviation ? [parts.joined()] : parts.flatMap(conjoined)
        }
    }

    /// `a&b` as `a and b`.
    private static func conjoined(_ part: String) -> [String] {
        var words = [""]
        for character in part {
            if character == "&" || character == "+" {
                words += ["and", ""]
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    private static func isOfWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }

    /// Apostrophes, and the marks of Hebrew abbreviations.
    private static func isSilent(_ character: Character) -> Bool {
        "'\u{2019}\u{2018}`\u{5F4}\u{5F3}\"".contains(character)
    }

    private static let letters: [Unicode.Scalar: String] = [
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
    ]
}
