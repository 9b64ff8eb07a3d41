/// A pattern where `*` stands for any run of characters and `?` for one; everything else is itself.
///
/// Matching never backs up further than the last `*`: it takes at most two steps for a byte of text and a byte of the
/// longest piece between two `*`, and a pattern is short.
struct Glob: Hashable, Sendable {
    private let pattern: [UInt8]

    /// - Parameter pattern: folded as the text will be.
    init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
    }

    func matches(_ text: String) -> Bool {
        steps(through: text).matches
    }

    /// Whether the text matches, and what it took to find out.
    func steps(through text: String) -> (matches: Bool, steps: Int) {
        text.utf8.withContiguousStorageIfAvailable { steps(through: $0) }
            ?? Array(text.utf8).withUnsafeBufferPointer { steps(through: $0) }
    }

    private func steps(through text: UnsafeBufferPointer<UInt8>) -> (matches: Bool, steps: Int) {
        var steps = 0
        var position = 0
        var place = 0
        var resume: (place: Int, position: Int)?
        while position < text.count {
            steps += 1
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                resume = (place + 1, position)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") {
                place += 1
                position = Self.next(after: position, in: text)
            } else if place < pattern.count, pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = resume {
                position = Self.next(after: last.position, in: text)
                resume = (last.place, position)
                place = last.place
            } else {
                return (false, steps)
            }
        }
        return (pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }, steps)
    }

    /// The start of the next scalar.
    private static func next(after position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var position = position + 1
        while position < text.count, text[position] & 0b1100_0000 == 0b1000_0000 { position += 1 }
        return position
    }
}
