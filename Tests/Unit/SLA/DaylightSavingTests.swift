import Kernel
import SLADomain
import Testing

/// A skipped hour holds no time, and an hour that occurs twice holds it twice.
@Suite struct DaylightSavingTests {
    private func open(_ calendar: BusinessCalendar, _ from: String, _ to: String) throws -> Double {
        try calendar.elapsed(from: at(from), to: at(to)).inSeconds / 3_600
    }

    @Test(
        "A whole day has 23 hours in spring and 25 in autumn",
        arguments: [
            ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23.0),
            ("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
            ("America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23),
            ("America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25),
            // Half an hour: the clocks go from 02:00 to 02:30 and back.
            ("Australia/Lord_Howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", 23.5),
            ("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", 24.5),
            ("Asia/Kolkata", "2026-03-28T18:30:00Z", "2026-03-29T18:30:00Z", 24),
        ])
    func sundays(zone: String, midnight: String, next: String, hours: Double) throws {
        let sunday = try Calendars.make(["00:00-24:00"], days: ["sun"], zone: zone)
        #expect(try open(sunday, midnight, next) == hours)
        let week = try Calendars.make(["00:00-24:00"], days: Calendars.everyDay, zone: zone)
        #expect(
            try week.deadline(from: at(midnight), TimeSpan(seconds: Int64(hours * 3_600))) == at(next))
    }

    @Test("An interval inside the gap does not exist that day")
    func insideGap() throws {
        let calendar = try Calendars.make(["02:00-03:00"], days: Calendars.everyDay, zone: "Europe/Berlin")
        #expect(try open(calendar, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z") == 0)
        #expect(
            try calendar.deadline(from: at("2026-03-28T12:00:00Z"), span("30m")) == at("2026-03-30T00:30:00Z"))
    }

    @Test("An interval that spans the gap is shorter, without a hole")
    func acrossGap() throws {
        let calendar = try Calendars.make(["01:00-04:00"], days: ["sun"], zone: "Europe/Berlin")
        #expect(
            try calendar.deadline(from: at("2026-03-29T00:00:00Z"), span("90m")) == at("2026-03-29T01:30:00Z"))
        #expect(try open(calendar, "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z") == 2)
    }

    @Test("An hour that occurs twice is open twice")
    func insideFold() throws {
        let calendar = try Calendars.make(["02:00-03:00"], days: Calendars.everyDay, zone: "Europe/Berlin")
        #expect(try open(calendar, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z") == 2)
        #expect(
            try calendar.deadline(from: at("2026-10-25T00:00:00Z"), span("2h")) == at("2026-10-25T02:00:00Z"))
    }

    @Test("An interval that ends in the repeated hour opens again with its second part")
    func partOfFold() throws {
        let calendar = try Calendars.make(["01:30-02:30"], days: ["sun"], zone: "America/New_York")
        // 01:30 EDT to 02:00 EDT is followed by 01:00 EST: 01:30 comes again.
        #expect(try open(calendar, "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z") == 1.5)
        #expect(
            try calendar.deadline(from: at("2026-11-01T05:30:00Z"), span("31m")) == at("2026-11-01T06:31:00Z"))
    }

    @Test("A shift over the night of the change is an hour shorter or longer")
    func overnight() throws {
        let night = try Calendars.make(["22:00-06:00"], days: ["sat"], zone: "Europe/Berlin")
        #expect(try open(night, "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z") == 7)
        #expect(try open(night, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z") == 9)
        #expect(
            try night.deadline(from: at("2026-03-28T21:00:00Z"), span("7h")) == at("2026-03-29T04:00:00Z"))
    }
}
