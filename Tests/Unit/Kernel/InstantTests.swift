import Kernel
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"),
        ("2026-03-01T09:30:00+01:00", "2026-03-01T08:30:00Z"),
        ("2018-02-26 19:58:54", "2018-02-26T19:58:54Z"),
        ("2016-02-29", "2016-02-29T00:00:00Z"),
        ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"),
    ])
    func readsTimeAndWritesItInUTC(text: String, expected: String) {
        #expect(Instant(text: text)?.text == expected)
    }

    @Test(arguments: [
        "", "2026-02-29", "2026-13-01", "2026-03-01T25:00:00Z", "2026-03-01T10:00", "2026-03-01T10:00:00X",
    ])
    func refusesWhatIsNoTime(text: String) {
        #expect(Instant(text: text) == nil)
    }

    @Test(arguments: [("4h", 14_400), ("1h30m", 5_400), ("2d", 172_800), ("90s", 90), ("1w", 604_800)])
    func readsDurations(text: String, seconds: Int64) {
        #expect(TimeSpan(text: text) == TimeSpan(seconds: seconds))
    }

    @Test(arguments: ["", "4", "h", "4x", "30m1h", "4h4h", "-4h", "99999999999999999999d", "200000d"])
    func refusesWhatIsNoDuration(text: String) {
        #expect(TimeSpan(text: text) == nil)
    }

    @Test func everyDayOfFourCenturiesComesBack() {
        for days in Int64(-60_000)..<90_000 {
            #expect(CivilDate(daysSince1970: days).daysSince1970 == days)
        }
        #expect(CivilDate(text: "2026-11-23")?.weekday == 1)
    }
}
