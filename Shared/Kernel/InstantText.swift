extension Instant {
    /// RFC 3339 in UTC, such as `2026-03-01T09:30:00Z`; a fraction only where there is one.
    public var text: String {
        let days = Self.floorDivide(seconds, 86_400)
        let rest = seconds - days * 86_400
        let date = CivilDate(daysSince1970: days)
        var text = "\(date.text)T\(Self.two(rest / 3_600)):\(Self.two(rest / 60 % 60)):\(Self.two(rest % 60))"
        let fraction = microseconds - seconds * 1_000_000
        if fraction > 0 {
            let digits = String(fraction)
            var padded = String(repeating: "0", count: 6 - digits.count) + digits
            while padded.hasSuffix("0") { padded.removeLast() }
            text += "." + padded
        }
        return text + "Z"
    }

    /// Reads RFC 3339 (`2026-03-01T09:30:00Z`, `...+01:00`), the same with a blank instead of `T` and
    /// without a zone (taken as UTC), and a plain date (00:00 UTC).
    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let date = CivilDate(text: String(decoding: bytes[0..<10], as: UTF8.self)) else {
            return nil
        }
        var scanner = Scanner(bytes: bytes, position: 10)
        let dayStart = date.daysSince1970 * 86_400
        if scanner.atEnd {
            self.init(seconds: dayStart)
            return
        }
        guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(2), minute < 60, scanner.skip(":"),
            let second = scanner.number(2), second < 61
        else { return nil }
        var fraction: Int64 = 0
        if scanner.skip(".") {
            guard let value = scanner.fraction() else { return nil }
            fraction = value
        }
        guard let offset = scanner.zoneSeconds(), scanner.atEnd else { return nil }
        self.init(
            microseconds: (dayStart + hour * 3_600 + minute * 60 + second - offset) * 1_000_000 + fraction)
    }

    static func two(_ value: Int64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        value >= 0 ? value / by : -((-value + by - 1) / by)
    }
}

/// A day of the proleptic Gregorian calendar, without a zone.
public struct CivilDate: Hashable, Comparable, Sendable {
    public let year: Int64
    public let month: Int64
    public let day: Int64

    /// Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    public init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = Instant.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Reads `YYYY-MM-DD`; nil for a day that does not exist.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        var scanner = Scanner(bytes: bytes, position: 0)
        guard bytes.count == 10, let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
            scanner.skip("-"), let day = scanner.number(2), (1...12).contains(month), day >= 1
        else { return nil }
        self.init(year: year, month: month, day: day)
        guard CivilDate(daysSince1970: daysSince1970) == self else { return nil }
    }

    private init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Same source, `days_from_civil`.
    public var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = Instant.floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// 1 is Monday, 7 is Sunday (ISO 8601).
    public var weekday: Int {
        let index = (daysSince1970 + 3) % 7
        return Int(index >= 0 ? index : index + 7) + 1
    }

    public var text: String {
        let digits = String(year)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return "\(padded)-\(Instant.two(month))-\(Instant.two(day))"
    }

    public func adding(days: Int64) -> CivilDate {
        CivilDate(daysSince1970: daysSince1970 + days)
    }

    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

private struct Scanner {
    let bytes: [UInt8]
    var position: Int

    var atEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(_ digits: Int) -> Int64? {
        guard position + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + digits] {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        position += digits
        return value
    }

    /// Digits behind the point as microseconds; further digits are cut.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57 {
            if count < 6 { value = value * 10 + Int64(bytes[position] - 48) }
            count += 1
            position += 1
        }
        guard count > 0, count <= 9 else { return nil }
        for _ in count..<max(count, 6) { value *= 10 }
        return value
    }

    mutating func zoneSeconds() -> Int64? {
        if atEnd || skip("Z") || skip("z") { return 0 }
        let negative = skip("-")
        guard negative || skip("+"), let hours = number(2), hours < 24, skip(":"), let minutes = number(2), minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (negative ? -1 : 1)
    }
}
