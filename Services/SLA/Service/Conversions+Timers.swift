import Contracts
import Kernel
import SLADomain
import SwiftProtobuf

extension WireTimer {
    /// - Parameter moment: up to when time has elapsed, where the timer still runs.
    init(_ timer: HandoffTimer, rule: TimerRule, at moment: Instant) throws {
        self.init()
        timerID = timer.id
        self.rule = timer.rule
        handoffID = timer.handoffID
        leadID = timer.leadID
        repID = timer.repID
        team = timer.team
        state = WireTimerState(timer.state)
        armedAt = timer.armedAt.wire
        dueAt = timer.dueAt.wire
        if let ended = timer.endedAt { endedAt = ended.wire }
        elapsedSeconds = try rule.elapsed(of: timer, at: moment).inSeconds
        calendar = rule.time.calendarID
        agreementVersion = timer.agreementVersion
        warnedPercent = timer.checkpointsPassed > 0 ? rule.checkpoints[timer.checkpointsPassed - 1] : 0
        if let late = timer.metLateAt { metLateAt = late.wire }
    }
}

extension TimerRule {
    /// The time of this rule that a timer took, or has taken so far.
    fileprivate func elapsed(of timer: HandoffTimer, at moment: Instant) throws -> TimeSpan {
        let end = timer.endedAt ?? max(moment, timer.armedAt)
        if end == timer.armedAt { return TimeSpan(microseconds: 0) }
        return timer.state == .breached ? duration : try time.elapsed(from: timer.armedAt, to: end)
    }
}

extension WireTimerState {
    init(_ state: TimerState) {
        switch state {
        case .armed: self = .armed
        case .warned: self = .warned
        case .met: self = .met
        case .breached: self = .breached
        case .cancelled: self = .cancelled
        }
    }
}

extension TimerFact {
    func payload(rule: TimerRule) throws -> WireEvent.OneOf_Payload {
        let wire = try WireTimer(timer, rule: rule, at: occurredAt)
        return switch kind {
        case .armed: .timerArmed(.with { $0.timer = wire })
        case .met: .timerMet(.with { $0.timer = wire })
        case .cancelled: .timerCancelled(.with { $0.timer = wire })
        case .warned(let percent):
            .timerWarned(
                .with {
                    $0.timer = wire
                    $0.percent = percent
                })
        case .breached(let actions):
            .timerBreached(
                .with {
                    $0.timer = wire
                    $0.actions = actions
                })
        }
    }
}
