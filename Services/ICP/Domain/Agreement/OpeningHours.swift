public import Kernel

/// A business calendar: an IANA zone, open intervals per weekday, holidays and exceptions.
public struct OpeningHours: Hashable, Sendable {
    public enum Weekday: String, Sendable, CaseIterable {
        case mon, tue, wed, thu, fri, sat, sun
    }

    /// Intervals of some weekdays.
    public struct Week: Hashable, Sendable {
        public var days: [Weekday]
        public var intervals: [DayInterval]
    }

    /// A day with other hours than usual; none means closed.
    public struct Exception: Hashable, Sendable {
        public var date: CivilDate
        public var intervals: [DayInterval]
    }

    public var id: String
    public var zone: String
    public var hours: [Week]
    public var holidays: [CivilDate]
    public var exceptions: [Exception]

    static let known = ["id", "zone", "hours", "holidays", "exceptions"]

    init(_ reader: SectionReader) {
        id = reader.id()
        zone = reader.text("zone", required: true)
        hours = reader.parts("hours", known: ["days", "intervals"]).map { part in
            if !part.has("days") { part.lacks("days", expected: "weekdays") }
            return Week(days: part.choices("days"), intervals: Self.intervals(part))
        }
        holidays = reader.texts("holidays").enumerated().compactMap { index, text in
            Self.date(text, "\(reader.place("holidays"))[\(index)]", reader.faults)
        }
        exceptions = reader.parts("exceptions", known: ["date", "intervals"]).compactMap { part in
            let intervals = Self.intervals(part)
            let text = part.text("date", required: true)
            if text.isEmpty { return nil }
            return Self.date(text, part.place("date"), part.faults).map { Exception(date: $0, intervals: intervals) }
        }
    }

    private static func date(_ text: String, _ path: String, _ faults: FaultList) -> CivilDate? {
        if let date = CivilDate(text: text) { return date }
        faults.add(path, found: text, expected: "a day such as 2026-12-24")
        return nil
    }

    private static func intervals(_ reader: SectionReader) -> [DayInterval] {
        let intervals = reader.texts("intervals").enumerated().compactMap { index, text in
            if let interval = DayInterval(text: text) { return (index, interval) }
            reader.faults.add(
                "\(reader.place("intervals"))[\(index)]", found: text,
                expected: "hours such as 09:00-12:30, 22:00-06:00 or 00:00-24:00")
            return nil
        }
        let sorted = intervals.sorted { $0.1.from < $1.1.from }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where later.1.from < earlier.1.end {
            reader.faults.add(
                "\(reader.place("intervals"))[\(later.0)]", found: later.1.text,
                expected: "hours that do not overlap \(earlier.1.text)")
        }
        return intervals.map(\.1)
    }

    /// Whether there is any open time in a usual week.
    var isEverOpen: Bool {
        hours.contains { !$0.days.isEmpty && !$0.intervals.isEmpty }
    }

    var tree: Tree {
        .fields([
            ("id", .text(id)), ("zone", .text(zone)),
            (
                "hours",
                .list(
                    hours.map {
                        .fields([("days", .choices($0.days)), ("intervals", .texts($0.intervals.map(\.text)))])
                    })
            ),
            ("holidays", .texts(holidays.map(\.text))),
            (
                "exceptions",
                .list(
                    exceptions.map {
                        .fields([("date", .text($0.date.text)), ("intervals", .texts($0.intervals.map(\.text)))])
                    })
            ),
        ])
    }
}

/// Hours of a day, in minutes since midnight; one whose `to` is not after its `from` runs past midnight.
public struct DayInterval: Hashable, Sendable {
    /// 0 to 1439
    public let from: Int
    /// 1 to 1440, or less than ``from``
    public let to: Int

    /// Reads `09:00-12:30`; nil for anything else and for an interval without length.
    init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = Self.minutes(parts[0]), let to = Self.minutes(parts[1]), from < 1_440,
            from != to
        else { return nil }
        self.from = from
        self.to = to
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60,
            hours < 24 || (hours == 24 && minutes == 0)
        else { return nil }
        return hours * 60 + minutes
    }

    /// Minutes since the midnight it begins at, past 1,440 where it runs on.
    var end: Int { to > from ? to : to + 1_440 }

    public var text: String {
        func clock(_ minutes: Int) -> String {
            let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
            return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
        }
        return "\(clock(from))-\(clock(to))"
    }
}
