import Kernel

/// One leaf, ready to be evaluated: what it compares with is folded and looked up already.
enum FieldTest: Sendable {
    case exists
    case missing
    case textEqual(String, negated: Bool)
    case textIn(Set<String>, negated: Bool)
    case textContainsAny([String])
    case textContainsAll([String])
    case textStarts(String)
    case textEnds(String)
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
    static func contains(_ part: String, in text: String) -> Bool {
        bytes(text) { text in
            bytes(part) { part in
                guard let first = part.first else { return true }
                guard part.count <= text.count else { return false }
                for start in 0...(text.count - part.count) where text[start] == first {
                    if UnsafeBufferPointer(rebasing: text[start..<start + part.count]).elementsEqual(part) {
                        return true
                    }
                }
                return false
            }
        }
    }

    static func starts(_ text: String, with start: String) -> Bool {
        text.utf8.starts(with: start.utf8)
    }

    static func ends(_ text: String, with end: String) -> Bool {
        text.utf8.count >= end.utf8.count && text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
    }

    private static func bytes<Value>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }
}
