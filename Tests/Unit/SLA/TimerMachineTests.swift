import Kernel
import Testing

@testable import SLADomain

@Suite struct TimerMachineTests {
    /// 4 hours of wall time with warnings at 50 % and 75 %, armed at 08:00: 10:00, 11:00, due at 12:00.
    private let rule = TimerRule(
        id: "accept", startsOn: .assigned, stopsOn: [.accepted], duration: .hours(4), time: .wall,
        checkpoints: [75, 50], onBreach: ["notify_manager", "reassign"])
    private let handoff = HandoffRecord(handoffID: "h1", leadID: "l1", repID: "ann", team: "north")

    private func clock(_ text: String) throws -> Instant { try at("2026-03-09T\(text):00Z") }

    private func armed() throws -> HandoffTimer {
        try rule.arm(handoff, version: 3, at: clock("08:00")).timer
    }

    /// Applies inputs one after the other, and gathers what was told.
    private func run(_ inputs: TimerInput...) throws -> TimerDecision {
        try inputs.reduce(TimerDecision(timer: armed())) { so, input in
            let next = try rule.decide(so.timer, input)
            return TimerDecision(timer: next.timer, facts: so.facts + next.facts)
        }
    }

    private func told(_ decision: TimerDecision) -> [String] {
        decision.facts.map { fact in
            let time = fact.occurredAt.text.dropFirst(11).prefix(5)
            return switch fact.kind {
            case .armed: "armed \(time)"
            case .warned(let percent): "warned \(Int(percent)) \(time)"
            case .met: "met \(time)"
            case .breached: "breached \(time)"
            case .cancelled: "cancelled \(time)"
            }
        }
    }

    @Test("Arming sets the deadline, and the first checkpoint as the next firing")
    func arming() throws {
        let decision = try rule.arm(handoff, version: 3, at: clock("08:00"))
        #expect(decision.timer.id == "h1.accept.1")
        #expect(try decision.timer.dueAt == clock("12:00"))
        #expect(try decision.timer.nextFireAt == clock("10:00"))
        #expect(decision.timer.agreementVersion == 3)
        #expect(told(decision) == ["armed 08:00"])
    }

    @Test("The clock fires checkpoints and the deadline, each once and at its own time")
    func firing() throws {
        #expect(try told(run(.clock(clock("09:59")))) == [])
        #expect(try told(run(.clock(clock("10:00")))) == ["warned 50 10:00"])
        #expect(try told(run(.clock(clock("10:00")), .clock(clock("10:30")))) == ["warned 50 10:00"])
        let late = try run(.clock(clock("23:00")), .clock(clock("23:30")))
        #expect(told(late) == ["warned 50 10:00", "warned 75 11:00", "breached 12:00"])
        #expect(late.timer.state == .breached)
        #expect(try late.timer.endedAt == clock("12:00"))
        #expect(late.timer.nextFireAt == nil)
        #expect(late.facts.last?.kind == .breached(actions: ["notify_manager", "reassign"]))
    }

    @Test("A stop up to and including the deadline meets the timer")
    func meeting() throws {
        #expect(try told(run(.stopped(clock("09:00")))) == ["met 09:00"])
        let exactly = try run(.stopped(clock("12:00")))
        #expect(told(exactly) == ["warned 50 10:00", "warned 75 11:00", "met 12:00"])
        #expect(exactly.timer.state == .met)
    }

    @Test("What was due before a stop is decided first, whether or not the clock was asked in between")
    func order() throws {
        let unasked = try run(.stopped(clock("13:00")))
        let asked = try run(.clock(clock("10:30")), .clock(clock("12:30")), .stopped(clock("13:00")))
        #expect(unasked == asked)
        #expect(told(unasked) == ["warned 50 10:00", "warned 75 11:00", "breached 12:00"])
        #expect(unasked.timer.state == .breached)
        #expect(try unasked.timer.metLateAt == clock("13:00"))
    }

    @Test("A stop in time that is heard of after the breach corrects it")
    func correction() throws {
        let decision = try run(.clock(clock("12:30")), .stopped(clock("11:55")))
        #expect(told(decision) == ["warned 50 10:00", "warned 75 11:00", "breached 12:00", "met 11:55"])
        #expect(decision.timer.state == .met)
        #expect(try decision.timer.endedAt == clock("11:55"))
        // Also when a late one was heard of before.
        let after = try run(.stopped(clock("14:00")), .stopped(clock("12:00")))
        #expect(after.timer.state == .met)
        #expect(after.timer.metLateAt == nil)
    }

    @Test("The earliest stop counts, in whatever order they come")
    func earliest() throws {
        #expect(try told(run(.stopped(clock("09:30")), .stopped(clock("09:00")))) == ["met 09:30", "met 09:00"])
        #expect(try told(run(.stopped(clock("09:00")), .stopped(clock("09:30")))) == ["met 09:00"])
        let late = try run(.stopped(clock("15:00")), .stopped(clock("14:00")), .stopped(clock("16:00")))
        #expect(try late.timer.metLateAt == clock("14:00"))
        #expect(late.timer.state == .breached)
    }

    @Test("A stop from before the start meets the timer at its start")
    func earlyStop() throws {
        #expect(try told(run(.stopped(clock("07:00")))) == ["met 08:00"])
    }

    @Test("A cancellation has to come before the deadline; then it also takes back a breach")
    func cancelling() throws {
        #expect(try told(run(.cancelled(clock("10:00")))) == ["warned 50 10:00", "cancelled 10:00"])
        #expect(try run(.cancelled(clock("12:00"))).timer.state == .breached)
        #expect(try run(.clock(clock("12:00")), .cancelled(clock("12:00"))).timer.state == .breached)
        let corrected = try run(.clock(clock("12:30")), .cancelled(clock("11:00")))
        #expect(corrected.timer.state == .cancelled)
        #expect(told(corrected).last == "cancelled 11:00")
        #expect(try run(.stopped(clock("09:00")), .cancelled(clock("09:30"))).timer.state == .met)
        #expect(
            try told(run(.cancelled(clock("09:00")), .stopped(clock("09:30")), .clock(clock("13:00")))) == [
                "cancelled 09:00"
            ])
    }

    /// GLPI fired an escalation "before the deadline" at 00:00 instead of 10:00: percent are of open time here.
    @Test("A checkpoint of working time falls into working time")
    func workingCheckpoints() throws {
        let rule = TimerRule(
            id: "touch", startsOn: .assigned, stopsOn: [.touched], duration: .hours(16),
            time: .working(try Calendars.make()), checkpoints: [50, 56.25])
        // Friday 09:00: 8 hours are over at closing time, 9 hours on Monday at 10:00.
        let timer = try rule.arm(handoff, version: 1, at: at("2026-03-06T09:00:00Z")).timer
        let decision = try rule.decide(timer, .clock(at("2026-03-10T00:00:00Z")))
        #expect(
            decision.facts.map(\.occurredAt.text) == [
                "2026-03-06T17:00:00Z", "2026-03-09T10:00:00Z", "2026-03-09T17:00:00Z",
            ])
    }
}
