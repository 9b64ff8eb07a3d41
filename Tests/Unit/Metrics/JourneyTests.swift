import Kernel
import MetricsDomain
import Testing

@Suite struct JourneyTests {
    @Test func `steps go in the order of time and a week without one is silent`() {
        let steps = Journey.arrange([
            entry(8, .score, "c"), entry(0, .arrival, "a"), entry(1, .engagement, "b"), entry(10, .timer, "d"),
        ])
        #expect(steps.map(\.entry.title) == ["a", "b", "c", "d"])
        #expect(steps.map(\.gap) == [.days(0), .days(1), .days(7), .days(2)])
        #expect(steps.map(\.silent) == [false, false, true, false])
    }

    @Test func `at one instant a lead arrives, acts, is scored, qualifies and is handed over`() {
        let kinds: [JourneyEntry.Kind] = [.timer, .handoff, .qualification, .score, .engagement, .arrival]
        let steps = Journey.arrange(kinds.map { entry(0, $0, $0.name) })
        #expect(steps.map(\.entry.kind) == kinds.reversed())
    }

    private func entry(_ day: Int64, _ kind: JourneyEntry.Kind, _ title: String) -> JourneyEntry {
        JourneyEntry(
            at: Instant(seconds: day * 86_400), kind: kind, title: title, owner: "marketing", agreementVersion: 1)
    }
}
