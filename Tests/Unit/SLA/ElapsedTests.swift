import Kernel
import SLADomain
import Testing

/// A service level of 10 to 18 on every day, as ERPNext's suite has it; 2026-03-02 is a Monday.
@Suite struct ElapsedTests {
    @Test(
        "Only open time counts between a question and its answer",
        arguments: [
            ("2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z", 3_600.0),
            ("2026-03-02T06:00:00Z", "2026-03-02T11:00:00Z", 3_600),
            ("2026-03-02T06:00:00Z", "2026-03-02T09:00:00Z", 0),
            ("2026-03-02T06:00:00Z", "2026-03-02T10:00:00Z", 0),
            ("2026-03-02T12:00:00Z", "2026-03-02T20:00:00Z", 21_600),
            ("2026-03-02T19:00:00Z", "2026-03-02T20:00:00Z", 0),
            ("2026-03-02T09:00:00Z", "2026-03-02T20:00:00Z", 28_800),
            ("2026-03-02T12:00:00Z", "2026-03-03T12:00:00Z", 28_800),
            ("2026-03-02T06:00:00Z", "2026-03-03T06:00:00Z", 28_800),
            ("2026-03-02T19:00:00Z", "2026-03-03T11:00:00Z", 3_600),
            ("2026-03-02T12:00:00Z", "2026-03-04T12:00:00Z", 57_600),
            ("2026-03-02T12:00:00Z", "2026-03-05T09:00:00Z", 79_200),
            ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z", 0),
            ("2026-03-02T17:59:59.5Z", "2026-03-02T18:00:01Z", 0.5),
        ])
    func openSeconds(from: String, to: String, seconds: Double) throws {
        let calendar = try Calendars.make(["10:00-18:00"], days: Calendars.everyDay)
        #expect(try calendar.elapsed(from: at(from), to: at(to)).inSeconds == seconds)
        #expect(try calendar.elapsed(from: at(to), to: at(from)).inSeconds == -seconds)
    }

    @Test("Years in between count")
    func manyYears() throws {
        let calendar = try Calendars.make(["00:00-24:00"], days: Calendars.everyDay)
        #expect(
            try calendar.elapsed(from: at("1999-06-01T00:00:00Z"), to: at("2026-06-01T00:00:00Z")).inDays == 9_862)
    }

    @Test("A moment outside the supported years is refused by name")
    func outside() throws {
        let calendar = try Calendars.make()
        #expect(throws: CalendarError.outOfRange(try at("1899-12-31T23:59:59Z"))) {
            try calendar.elapsed(from: at("1899-12-31T23:59:59Z"), to: at("2026-01-01T00:00:00Z"))
        }
    }
}
