/// A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// Integer, so that sums, comparisons and round trips through SQLite are exact.
public struct Instant: Hashable, Comparable, Sendable, Codable {
    public var microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public init(seconds: Int64) {
        self.microseconds = seconds * 1_000_000
    }

    public init(seconds: Int64, nanos: Int32) {
        self.microseconds = seconds * 1_000_000 + Int64(nanos) / 1_000
    }

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : -((-microseconds + 999_999) / 1_000_000)
    }

    /// The part of a second behind ``seconds``, in nanoseconds; 0 to 999,999,000.
    public var nanos: Int32 {
        Int32((microseconds - seconds * 1_000_000) * 1_000)
    }

    /// Seconds from `other` to this instant; negative when this one is earlier.
    public func seconds(since other: Instant) -> Double {
        Double(microseconds - other.microseconds) / 1_000_000
    }

    public func adding(_ span: TimeSpan) -> Instant {
        Instant(microseconds: microseconds + span.microseconds)
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    public static let distantPast = Instant(seconds: -62_135_596_800)
    public static let distantFuture = Instant(seconds: 253_402_300_799)
}

/// A length of time in whole microseconds.
public struct TimeSpan: Hashable, Comparable, Sendable, Codable {
    public var microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public init(seconds: Int64) {
        self.microseconds = seconds * 1_000_000
    }

    public static func minutes(_ count: Int64) -> TimeSpan { TimeSpan(seconds: count * 60) }
    public static func hours(_ count: Int64) -> TimeSpan { TimeSpan(seconds: count * 3_600) }
    public static func days(_ count: Int64) -> TimeSpan { TimeSpan(seconds: count * 86_400) }

    public var inSeconds: Double { Double(microseconds) / 1_000_000 }
    public var inDays: Double { inSeconds / 86_400 }

    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Reads the durations of an agreement: whole numbers with a unit, largest first, such as `90s`,
    /// `30m`, `4h`, `1h30m`, `2d`, `1w`. A day is 24 hours.
    ///
    /// - Returns: nil where the text is anything else, or longer than 100 years.
    public init?(text: String) {
        var total: Int64 = 0
        var number: Int64?
        var lastUnit = Int64.max
        for character in text.utf8 {
            if let digit = character.digitValue {
                let next = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !next.overflow, next.partialValue < 1_000_000_000_000 else { return nil }
                number = next.partialValue + digit
                continue
            }
            guard let count = number, let unit = Self.unitSeconds(character), unit < lastUnit else { return nil }
            total += count * unit
            guard total <= 100 * 366 * 86_400 else { return nil }
            lastUnit = unit
            number = nil
        }
        guard number == nil, lastUnit != .max else { return nil }
        self.init(seconds: total)
    }

    /// The same as text: `1h30m`.
    public var text: String {
        var rest = microseconds / 1_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for (unit, name) in [(Int64(86_400), "d"), (3_600, "h"), (60, "m"), (1, "s")] where rest >= unit {
            text += "\(rest / unit)\(name)"
            rest %= unit
        }
        return text
    }

    private static func unitSeconds(_ unit: UInt8) -> Int64? {
        switch unit {
        case UInt8(ascii: "w"): 604_800
        case UInt8(ascii: "d"): 86_400
        case UInt8(ascii: "h"): 3_600
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "s"): 1
        default: nil
        }
    }
}

extension UInt8 {
    fileprivate var digitValue: Int64? {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") ? Int64(self - UInt8(ascii: "0")) : nil
    }
}
