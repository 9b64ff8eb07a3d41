import Kernel
import SLADomain
import Testing

/// Expectations of peers' suites, derived again as facts (`reference/peers.md`, sections 2.4 and 4).
/// 2026-03-06 is a Friday; no zone used here changes its clocks in that week before Sunday.
@Suite struct DeadlineTests {
    @Test(
        "Working hours end on Friday and go on on Monday",
        arguments: [
            ("2026-03-06T16:00:00Z", "2h", "2026-03-09T10:00:00Z"),
            ("2026-03-09T16:00:00Z", "10h", "2026-03-11T10:00:00Z"),
            // A closed day does not keep the clock time (Frappe CRM answers Monday 16:00 and Tuesday 10:00).
            ("2026-03-07T15:00:00Z", "1h", "2026-03-09T10:00:00Z"),
            ("2026-03-07T20:00:00Z", "1h", "2026-03-09T10:00:00Z"),
            ("2026-03-09T07:00:00Z", "30m", "2026-03-09T09:30:00Z"),
            ("2026-03-09T18:30:00Z", "30m", "2026-03-10T09:30:00Z"),
            ("2026-03-09T09:00:00Z", "40h", "2026-03-13T17:00:00Z"),
            ("2026-03-09T09:00:00Z", "41h", "2026-03-16T10:00:00Z"),
        ])
    func workingWeek(start: String, duration: String, expected: String) throws {
        let calendar = try Calendars.make()
        #expect(try calendar.deadline(from: at(start), span(duration)) == at(expected))
    }

    @Test("A deadline that lands exactly on closing time is at closing time, not at the next opening")
    func closingTime() throws {
        let calendar = try Calendars.make()
        #expect(try calendar.deadline(from: at("2026-03-06T16:00:00Z"), span("1h")) == at("2026-03-06T17:00:00Z"))
        #expect(try calendar.deadline(from: at("2026-03-06T09:00:00Z"), span("8h")) == at("2026-03-06T17:00:00Z"))
        #expect(try calendar.deadline(from: at("2026-03-07T09:00:00Z"), span("8h")) == at("2026-03-09T17:00:00Z"))
    }

    @Test(
        "Zero time is the moment itself when open, and the next opening when closed",
        arguments: [
            ("2026-03-06T10:00:00Z", "2026-03-06T10:00:00Z"), ("2026-03-06T09:00:00Z", "2026-03-06T09:00:00Z"),
            ("2026-03-06T17:00:00Z", "2026-03-09T09:00:00Z"), ("2026-03-07T12:00:00Z", "2026-03-09T09:00:00Z"),
            ("2026-12-31T23:00:00Z", "2027-01-01T09:00:00Z"),
        ])
    func zero(start: String, expected: String) throws {
        #expect(try Calendars.make().deadline(from: at(start), span("0s")) == at(expected))
    }

    @Test("A calendar that is always open counts like a wall clock")
    func alwaysOpen() throws {
        let calendar = try Calendars.make(["00:00-24:00"], days: Calendars.everyDay)
        #expect(try calendar.deadline(from: at("2026-03-06T23:30:00Z"), span("26h")) == at("2026-03-08T01:30:00Z"))
        #expect(try calendar.deadline(from: at("2025-12-31T00:00:00Z"), span("24h")) == at("2026-01-01T00:00:00Z"))
        #expect(try calendar.deadline(from: at("2020-01-01T00:00:00Z"), span("3653d")) == at("2030-01-01T00:00:00Z"))
    }

    @Test("The hours are those of the calendar's zone")
    func zones() throws {
        let newYork = try Calendars.make(zone: "America/New_York")
        // Friday 16:00 in New York is 21:00 UTC; Monday is behind the change to daylight time.
        #expect(try newYork.deadline(from: at("2026-03-06T21:00:00Z"), span("2h")) == at("2026-03-09T14:00:00Z"))
        let kolkata = try Calendars.make(["09:30-18:30"], zone: "Asia/Kolkata")
        #expect(try kolkata.deadline(from: at("2026-03-06T12:00:00Z"), span("2h")) == at("2026-03-09T05:00:00Z"))
        let auckland = try Calendars.make(["09:00-17:00"], days: ["mon"], zone: "Pacific/Auckland")
        // Monday morning there is Sunday here.
        #expect(try auckland.deadline(from: at("2026-07-01T00:00:00Z"), span("1h")) == at("2026-07-05T22:00:00Z"))
    }

    @Test("Days may differ, with several intervals each")
    func unevenDays() throws {
        let calendar = try BusinessCalendar(
            CalendarDefinition(
                zone: "UTC",
                hours: [
                    .init(days: ["mon", "wed"], intervals: ["08:00-12:00", "13:00-17:00"]),
                    .init(days: ["tue"], intervals: ["10:00-11:00"]),
                    .init(days: ["wed"], intervals: ["18:00-20:00"]),
                ]))
        #expect(try calendar.deadline(from: at("2026-03-09T11:00:00Z"), span("2h")) == at("2026-03-09T14:00:00Z"))
        #expect(try calendar.deadline(from: at("2026-03-09T16:00:00Z"), span("3h")) == at("2026-03-11T09:00:00Z"))
        #expect(try calendar.deadline(from: at("2026-03-11T16:30:00Z"), span("1h")) == at("2026-03-11T18:30:00Z"))
        #expect(try calendar.deadline(from: at("2026-03-11T19:30:00Z"), span("1h")) == at("2026-03-16T08:30:00Z"))
    }

    /// GLPI's calendar: Monday to Friday, working days of 2018-11, an own holiday; its day mode is 24 open hours here.
    @Test("Holidays move a deadline of working days")
    func workingDays() throws {
        let weekdays = try Calendars.make(["00:00-24:00"])
        #expect(try weekdays.deadline(from: at("2018-11-19T10:00:00Z"), span("7d")) == at("2018-11-28T10:00:00Z"))
        let withHoliday = try Calendars.make(["00:00-24:00"], holidays: ["2018-11-22"])
        #expect(try withHoliday.deadline(from: at("2018-11-19T10:00:00Z"), span("7d")) == at("2018-11-29T10:00:00Z"))
    }

    @Test("A deadline beyond the horizon is an error, and so is a moment outside the supported years")
    func bounded() throws {
        let rare = try Calendars.make([], exceptions: [("2026-03-09", ["09:00-10:00"])])
        #expect(try rare.deadline(from: at("2026-01-01T00:00:00Z"), span("1h")) == at("2026-03-09T10:00:00Z"))
        #expect(throws: CalendarError.beyondHorizon(try at("2026-01-01T00:00:00Z"), try span("61m"))) {
            try rare.deadline(from: at("2026-01-01T00:00:00Z"), span("61m"))
        }
        #expect(throws: CalendarError.beyondHorizon(try at("2026-03-09T10:00:00Z"), try span("0s"))) {
            try rare.deadline(from: at("2026-03-09T10:00:00Z"), span("0s"))
        }
        #expect(throws: CalendarError.outOfRange(try at("2200-01-01T00:00:00Z"))) {
            try rare.deadline(from: at("2200-01-01T00:00:00Z"), span("1h"))
        }
        #expect(throws: CalendarError.negativeDuration(TimeSpan(seconds: -1))) {
            try rare.deadline(from: at("2026-01-01T00:00:00Z"), TimeSpan(seconds: -1))
        }
        let weekly = try Calendars.make(["09:00-10:00"], days: ["mon"])
        #expect(throws: CalendarError.self) { try weekly.deadline(from: at("2026-01-01T00:00:00Z"), span("365d")) }
    }
}
