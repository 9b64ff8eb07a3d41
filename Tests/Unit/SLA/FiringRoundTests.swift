import Kernel
import Testing

@testable import SLADomain

@Suite struct FiringRoundTests {
    private let rule = TimerRule(
        id: "r", startsOn: .assigned, stopsOn: [.accepted], duration: .hours(4), time: .wall, checkpoints: [50])

    private func entry(_ number: Int64, armedAtHour hour: Int64) throws -> FiringRound.Entry {
        let handoff = HandoffRecord(handoffID: "h\(number)", leadID: "l\(number)", repID: "ann", team: "")
        return FiringRound.Entry(
            number: number, timer: try rule.arm(handoff, version: 1, at: Instant(seconds: hour * 3_600)).timer)
    }

    private func fired(_ round: FiringRound) -> [String] {
        round.facts.map { "\($0.timer.handoffID) \($0.occurredAt.seconds / 3_600)" }
    }

    @Test("Firings of several timers come in the order of their time, then of arming")
    func order() throws {
        let due = [try entry(1, armedAtHour: 0), try entry(3, armedAtHour: 1), try entry(2, armedAtHour: 2)]
        let round = try FiringRound(due: due, isComplete: true, now: Instant(seconds: 36_000), limit: 500) { _ in rule }
        #expect(fired(round) == ["h1 2", "h3 3", "h1 4", "h2 4", "h3 5", "h2 6"])
        #expect(round.changed.map(\.number) == [1, 2, 3])
        #expect(round.changed.allSatisfy { $0.timer.state == .breached })
    }

    @Test("Nothing fires behind what was loaded, nor beyond the limit, nor after now")
    func bounds() throws {
        let due = [try entry(1, armedAtHour: 0), try entry(2, armedAtHour: 1)]
        let now = Instant(seconds: 36_000)
        #expect(
            fired(try FiringRound(due: due, isComplete: false, now: now, limit: 500) { _ in rule }) == ["h1 2", "h2 3"])
        #expect(
            fired(try FiringRound(due: due, isComplete: true, now: now, limit: 3) { _ in rule }) == [
                "h1 2", "h2 3", "h1 4",
            ])
        let early = Instant(seconds: 4 * 3_600)
        #expect(
            fired(try FiringRound(due: due, isComplete: true, now: early, limit: 500) { _ in rule }) == [
                "h1 2", "h2 3", "h1 4",
            ])
    }
}
