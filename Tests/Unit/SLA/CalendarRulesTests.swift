import Kernel
import SLADomain
import Testing

@Suite struct CalendarRulesTests {
    private func open(_ calendar: BusinessCalendar, _ from: String, _ to: String) throws -> Double {
        try calendar.elapsed(from: at(from), to: at(to)).inSeconds / 3_600
    }

    @Test("An overnight interval belongs to the day on which it begins")
    func overnight() throws {
        let nights = try Calendars.make(["22:00-06:00"])
        // Friday's runs into Saturday; none begins on Saturday or Sunday.
        #expect(try open(nights, "2026-03-06T21:00:00Z", "2026-03-09T21:00:00Z") == 8)
        #expect(try nights.deadline(from: at("2026-03-07T05:00:00Z"), span("2h")) == at("2026-03-09T23:00:00Z"))
        let toMidnight = try Calendars.make(["22:00-00:00"])
        #expect(try open(toMidnight, "2026-03-06T21:00:00Z", "2026-03-09T21:00:00Z") == 2)
    }

    @Test("Intervals that overlap count once, within a day and over midnight")
    func overlaps() throws {
        let calendar = try Calendars.make(["09:00-12:00", "11:00-13:00", "13:00-14:00", "22:00-10:00"])
        // Monday 09:00 to Tuesday 14:00: five hours, then 22:00 to 14:00 without a hole.
        #expect(try open(calendar, "2026-03-09T09:00:00Z", "2026-03-10T14:00:00Z") == 21)
    }

    @Test("A holiday has no open minute, not even of the evening before, nor does what would begin on it run on")
    func holidays() throws {
        let nights = try Calendars.make(["22:00-06:00"], days: Calendars.everyDay, holidays: ["2026-12-25"])
        #expect(try open(nights, "2026-12-24T12:00:00Z", "2026-12-26T12:00:00Z") == 2)
        #expect(try nights.isOpen(at: at("2026-12-24T23:59:59Z")))
        #expect(try !nights.isOpen(at: at("2026-12-25T00:00:00Z")))
        #expect(try !nights.isOpen(at: at("2026-12-26T05:00:00Z")))
        #expect(try nights.isOpen(at: at("2026-12-26T22:00:00Z")))
    }

    @Test("A holiday is a day of the calendar's zone")
    func holidayInZone() throws {
        let calendar = try Calendars.make(
            ["00:00-24:00"], days: Calendars.everyDay, zone: "Asia/Kolkata", holidays: ["2026-01-26"])
        #expect(try calendar.isOpen(at: at("2026-01-25T18:29:59Z")))
        #expect(try !calendar.isOpen(at: at("2026-01-25T18:30:00Z")))
        #expect(try !calendar.isOpen(at: at("2026-01-26T18:29:59Z")))
        #expect(try calendar.isOpen(at: at("2026-01-26T18:30:00Z")))
    }

    @Test("An exception replaces the hours that begin on its date, and holds against a holiday")
    func exceptions() throws {
        let calendar = try Calendars.make(
            ["22:00-06:00"], days: Calendars.everyDay, holidays: ["2026-12-24"],
            exceptions: [("2026-12-24", ["09:00-12:00"]), ("2026-12-31", [])])
        // The night of the 23rd runs to its end, then the exception's three hours.
        #expect(try open(calendar, "2026-12-24T00:00:00Z", "2026-12-25T12:00:00Z") == 9)
        // Nothing begins on the 31st; the night before it ends on it.
        #expect(try open(calendar, "2026-12-31T00:00:00Z", "2027-01-01T12:00:00Z") == 6)
    }

    @Test("Every fault of a definition is found at once, with its path")
    func faults() {
        let found = Calendars.faults(
            CalendarDefinition(
                zone: "Europe/Berln",
                hours: [
                    .init(days: ["mon", "someday"], intervals: ["09:00-17:00", "9-17"]),
                    .init(days: ["tue"], intervals: ["09:00-09:00", "24:00-06:00", "09:60-10:00", "25:00-26:00"]),
                ],
                holidays: ["2026-02-29"], exceptions: [.init(date: "24.12.2026", intervals: ["x"])]))
        #expect(
            found.map(\.path) == [
                "zone", "hours[0].intervals[1]", "hours[0].days[1]", "hours[1].intervals[0]", "hours[1].intervals[1]",
                "hours[1].intervals[2]", "hours[1].intervals[3]", "exceptions[0].intervals[0]", "exceptions[0].date",
                "holidays[0]",
            ])
        #expect(found.first?.found == "Europe/Berln")
    }

    @Test("A calendar without any open time is refused, never taken for one that is always open")
    func neverOpen() {
        let never = CalendarFault(path: "hours", found: "no open time at all", expected: "at least one open interval")
        #expect(Calendars.faults(CalendarDefinition(zone: "UTC", hours: [])) == [never])
        #expect(
            Calendars.faults(
                CalendarDefinition(
                    zone: "UTC", hours: [.init(days: ["mon"], intervals: [])],
                    exceptions: [.init(date: "2026-01-01", intervals: [])])) == [never])
    }

    @Test(
        "Only IANA names are zones",
        arguments: ["GMT+5", "UTC+01:00", "PST", "europe/berlin", "", "Mars/Olympus", "CEST"]
    )
    func zones(name: String) {
        let found = Calendars.faults(
            CalendarDefinition(zone: name, hours: [.init(days: ["mon"], intervals: ["09:00-10:00"])]))
        #expect(found.map(\.path) == ["zone"])
    }
}
