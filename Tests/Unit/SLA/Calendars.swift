import Kernel
import Testing

@testable import SLADomain

/// Calendars and moments that several suites use.
enum Calendars {
    static let workdays = ["mon", "tue", "wed", "thu", "fri"]
    static let everyDay = workdays + ["sat", "sun"]

    static func make(
        _ intervals: [String] = ["09:00-17:00"], days: [String] = workdays, zone: String = "UTC",
        holidays: [String] = [], exceptions: [(String, [String])] = []
    ) throws -> BusinessCalendar {
        try BusinessCalendar(
            CalendarDefinition(
                id: "test", zone: zone, hours: [.init(days: days, intervals: intervals)], holidays: holidays,
                exceptions: exceptions.map { .init(date: $0.0, intervals: $0.1) }))
    }

    static func faults(_ definition: CalendarDefinition) -> [CalendarFault] {
        do {
            _ = try BusinessCalendar(definition)
            return []
        } catch {
            return error.faults
        }
    }
}

/// A moment of RFC 3339; a text that is none fails the test.
func at(_ text: String) throws -> Instant {
    try #require(Instant(text: text), "\(text) is no moment")
}

func span(_ text: String) throws -> TimeSpan {
    try #require(TimeSpan(text: text), "\(text) is no duration")
}
