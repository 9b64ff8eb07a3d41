import Kernel

/// A business calendar as it is written: texts, not yet checked.
public struct CalendarDefinition: Sendable, Hashable {
    public struct Hours: Sendable, Hashable {
        /// mon tue wed thu fri sat sun
        public var days: [String]
        /// Such as `09:00-12:30` or `22:00-06:00`.
        public var intervals: [String]

        public init(days: [String], intervals: [String]) {
            self.days = days
            self.intervals = intervals
        }
    }

    public struct Exception: Sendable, Hashable {
        /// `YYYY-MM-DD`
        public var date: String
        public var intervals: [String]

        public init(date: String, intervals: [String]) {
            self.date = date
            self.intervals = intervals
        }
    }

    public var id: String
    /// An IANA name.
    public var zone: String
    public var hours: [Hours]
    /// `YYYY-MM-DD`
    public var holidays: [String]
    public var exceptions: [Exception]

    public init(
        id: String = "", zone: String, hours: [Hours], holidays: [String] = [], exceptions: [Exception] = []
    ) {
        self.id = id
        self.zone = zone
        self.hours = hours
        self.holidays = holidays
        self.exceptions = exceptions
    }
}

/// One fault of a definition.
public struct CalendarFault: Sendable, Hashable {
    /// Such as `hours[0].intervals[1]`; empty for the calendar as a whole.
    public var path: String
    public var found: String
    public var expected: String

    public init(path: String, found: String, expected: String) {
        self.path = path
        self.found = found
        self.expected = expected
    }
}

/// All faults of a definition.
public struct CalendarFaults: Error, Sendable, Hashable {
    public var faults: [CalendarFault]

    public init(faults: [CalendarFault]) {
        self.faults = faults
    }
}

/// The checked hours of a calendar: which minutes of which day are open by the wall clock.
struct OpenHoursPlan: Sendable {
    /// Monday first.
    private(set) var week = Array(repeating: DayHours.closed, count: 7)
    /// By days since 1970: other hours than the week's, or none.
    private(set) var dates: [Int64: DayHours] = [:]
    /// Days without any open minute, by days since 1970.
    private(set) var holidays: Set<Int64> = []

    /// The hours that begin on a day, cut where they would run into a holiday.
    func hours(of day: Int64) -> DayHours {
        if holidays.contains(day) { return .closed }
        let hours = dates[day] ?? week[CivilDate(daysSince1970: day).weekday - 1]
        guard hours.intervals.contains(where: { $0.end > DayHours.minutes }), holidays.contains(day + 1) else {
            return hours
        }
        return DayHours(
            hours.intervals.map { interval in
                var cut = interval
                cut.end = min(cut.end, DayHours.minutes)
                return cut
            })
    }
}

extension OpenHoursPlan {
    private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    /// The most entries of each list of a calendar.
    static let entryLimit = 5_000

    init(_ definition: CalendarDefinition, faults: inout [CalendarFault]) {
        for (name, count) in [
            ("hours", definition.hours.count), ("holidays", definition.holidays.count),
            ("exceptions", definition.exceptions.count),
        ] where count > Self.entryLimit {
            faults.append(
                CalendarFault(path: name, found: "\(count) entries", expected: "at most \(Self.entryLimit)"))
        }
        guard faults.isEmpty else { return }
        week = Self.week(definition.hours, &faults)
        dates = Self.dates(definition.exceptions, &faults)
        holidays = Self.holidays(definition.holidays, &faults).subtracting(dates.keys)
        if faults.isEmpty, week.allSatisfy(\.intervals.isEmpty), dates.values.allSatisfy(\.intervals.isEmpty) {
            faults.append(
                CalendarFault(path: "hours", found: "no open time at all", expected: "at least one open interval"))
        }
    }

    private static func week(_ hours: [CalendarDefinition.Hours], _ faults: inout [CalendarFault]) -> [DayHours] {
        var open = Array(repeating: [DayHours.Interval](), count: 7)
        for (index, entry) in hours.enumerated() {
            let intervals = Self.intervals(entry.intervals, path: "hours[\(index)]", &faults)
            for (dayIndex, name) in entry.days.enumerated() {
                guard let day = dayNames.firstIndex(of: name.lowercased()) else {
                    faults.append(
                        CalendarFault(
                            path: "hours[\(index)].days[\(dayIndex)]", found: name,
                            expected: "one of \(dayNames.joined(separator: " "))"))
                    continue
                }
                open[day] += intervals
            }
        }
        return open.map(DayHours.init)
    }

    private static func dates(
        _ exceptions: [CalendarDefinition.Exception], _ faults: inout [CalendarFault]
    ) -> [Int64: DayHours] {
        var dates: [Int64: DayHours] = [:]
        for (index, exception) in exceptions.enumerated() {
            let intervals = Self.intervals(exception.intervals, path: "exceptions[\(index)]", &faults)
            guard let day = day(exception.date, path: "exceptions[\(index)].date", &faults) else { continue }
            dates[day] = DayHours((dates[day]?.intervals ?? []) + intervals)
        }
        return dates
    }

    private static func holidays(_ texts: [String], _ faults: inout [CalendarFault]) -> Set<Int64> {
        var days: Set<Int64> = []
        for (index, text) in texts.enumerated() {
            guard let day = day(text, path: "holidays[\(index)]", &faults) else { continue }
            days.insert(day)
        }
        return days
    }

    private static func day(_ text: String, path: String, _ faults: inout [CalendarFault]) -> Int64? {
        guard let date = CivilDate(text: text) else {
            faults.append(CalendarFault(path: path, found: text, expected: "a day that exists, as YYYY-MM-DD"))
            return nil
        }
        return date.daysSince1970
    }

    private static func intervals(
        _ texts: [String], path: String, _ faults: inout [CalendarFault]
    ) -> [DayHours.Interval] {
        texts.enumerated().compactMap { index, text in
            if let interval = DayHours.Interval(text: text) { return interval }
            faults.append(
                CalendarFault(
                    path: "\(path).intervals[\(index)]", found: text,
                    expected: "HH:MM-HH:MM with two different times, such as 09:00-17:30, 22:00-06:00 or 00:00-24:00"))
            return nil
        }
    }
}
