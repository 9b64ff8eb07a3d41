import Kernel

/// One leaf, ready to be evaluated: what it compares with is folded and looked up already. Parts of texts are their
/// bytes, by which they are looked for: two tests are equal only where they always come to the same.
enum FieldTest: Hashable, Sendable {
    case exists
    case missing
    case textEqual(String, negated: Bool)
    case textIn(Set<String>, negated: Bool)
    case textContainsAny([[UInt8]])
    case textContainsAll([[UInt8]])
    case textStarts([UInt8])
    case textEnds([UInt8])
    case textGlob(Glob)
    case numberIn(Set<Double>, negated: Bool)
    /// Both bounds belong to it.
    case number(ClosedRange<Double>)
    case boolean(Bool)
    case date(ClosedRange<Int64>, negated: Bool)
    /// Microseconds before now, until now.
    case dateWithin(Int64)
    /// More than so many microseconds before now.
    case dateOlder(Int64)
    case listContainsAny(Set<String>)
    case listContainsAll([String])

    func verdict(_ cell: Cell, now: Instant) -> Verdict {
        switch (self, cell) {
        case (.exists, .absent), (.missing, .absent): Verdict(isMissing)
        case (.exists, _), (.missing, _): Verdict(!isMissing)
        case (_, .absent): .unknown
        case (_, .text(let text)): Verdict(holds(for: text))
        case (_, .number(let number)): Verdict(holds(for: number))
        case (.boolean(let wanted), .boolean(let boolean)): Verdict(wanted == boolean)
        case (_, .date(let date)): Verdict(holds(for: date, now: now.microseconds))
        case (.listContainsAny(let wanted), .list(let entries)): Verdict(entries.contains(where: wanted.contains))
        case (.listContainsAll(let wanted), .list(let entries)): Verdict(wanted.allSatisfy(entries.contains))
        default: .unknown
        }
    }

    private var isMissing: Bool {
        if case .missing = self { true } else { false }
    }

    private func holds(for text: String) -> Bool {
        switch self {
        case .textEqual(let wanted, let negated): (wanted == text) != negated
        case .textIn(let wanted, let negated): wanted.contains(text) != negated
        case .textContainsAny(let parts): parts.contains { Substrings.contains($0, in: text) }
        case .textContainsAll(let parts): parts.allSatisfy { Substrings.contains($0, in: text) }
        case .textStarts(let start): Substrings.starts(text, with: start)
        case .textEnds(let end): Substrings.ends(text, with: end)
        case .textGlob(let glob): glob.matches(text)
        default: false
        }
    }

    private func holds(for number: Double) -> Bool {
        switch self {
        case .number(let range): range.contains(number)
        case .numberIn(let wanted, let negated): wanted.contains(number) != negated
        default: false
        }
    }

    private func holds(for date: Int64, now: Int64) -> Bool {
        switch self {
        case .date(let range, let negated): range.contains(date) != negated
        case .dateWithin(let span): date <= now && date >= now - span
        case .dateOlder(let span): date < now - span
        default: false
        }
    }
}

/// Parts of texts, by their bytes: both sides are folded already.
enum Substrings {
    static func contains(_ part: [UInt8], in text: String) -> Bool {
        guard let first = part.first else { return true }
        return bytes(text) { text in
            guard part.count <= text.count else { return false }
            return (0...(text.count - part.count)).contains { text[$0] == first && isEqual(part, text, from: $0) }
        }
    }

    static func starts(_ text: String, with start: [UInt8]) -> Bool {
        bytes(text) { $0.count >= start.count && isEqual(start, $0, from: 0) }
    }

    static func ends(_ text: String, with end: [UInt8]) -> Bool {
        bytes(text) { $0.count >= end.count && isEqual(end, $0, from: $0.count - end.count) }
    }

    @inline(__always)
    private static func isEqual(_ part: [UInt8], _ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        part.withUnsafeBufferPointer { part in
            for index in part.indices where part[index] != text[start + index] { return false }
            return true
        }
    }

    @inline(__always)
    private static func bytes(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
        text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }
}
