/// Lets a document be read although a map has a key twice, so that its other faults are told too.
///
/// Yams refuses such a map as a whole, and names the first of the equal keys. That key gets a mark in the text: its
/// first letter becomes a scalar of private use, which keeps every column. Then the document is read again.
struct DuplicateKeys {
    private var letters: [Unicode.Scalar: Unicode.Scalar] = [:]
    private var bytesRead = 0

    private static let plane: UInt32 = 0xF0000
    /// Bytes that may be read again in all.
    private static let most = 8_388_608

    /// The text with the key at a place marked; nil where that cannot be done.
    mutating func marking(_ text: String, line: Int, column: Int) -> String? {
        bytesRead += text.utf8.count
        guard bytesRead <= Self.most, let mark = Unicode.Scalar(Self.plane + UInt32(letters.count)) else { return nil }
        var scalars = text.unicodeScalars
        guard !scalars.contains(mark), var index = Self.index(in: scalars, line: line, column: column) else {
            return nil
        }
        if scalars[index] == "\"" || scalars[index] == "'" { index = scalars.index(after: index) }
        let letter = scalars[index]
        guard letter.properties.isAlphabetic || letter == "_" || ("0"..."9").contains(letter) else { return nil }
        letters[mark] = letter
        scalars.replaceSubrange(index...index, with: CollectionOfOne(mark))
        return String(scalars)
    }

    /// The key as the document has it.
    func original(_ key: String) -> String {
        guard let mark = key.unicodeScalars.first, let letter = letters[mark] else { return key }
        return String(Character(letter)) + String(key.unicodeScalars.dropFirst())
    }

    private static func index(
        in scalars: String.UnicodeScalarView, line: Int, column: Int
    ) -> String.UnicodeScalarView.Index? {
        var index = scalars.startIndex
        for _ in 1..<max(1, line) {
            guard let end = scalars[index...].firstIndex(of: "\n") else { return nil }
            index = scalars.index(after: end)
        }
        return scalars.index(index, offsetBy: column - 1, limitedBy: scalars.endIndex).flatMap {
            $0 < scalars.endIndex ? $0 : nil
        }
    }
}
