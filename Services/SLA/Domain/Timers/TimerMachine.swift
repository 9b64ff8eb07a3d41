import Kernel

/// The state machine of a timer.
///
/// Facts decide, not the order in which they arrive: whatever was due before an input is decided first, with its own
/// time, and an input that proves an earlier decision wrong corrects it. A stop up to and including the deadline
/// meets the timer, even when its breach has been told; one behind it leaves the breach and is kept as late. A
/// cancellation has to lie before the deadline.
extension TimerRule {
    /// A running timer that was started at an instant.
    func arm(_ handoff: HandoffRecord, version: Int64, at start: Instant) throws(CalendarError) -> TimerDecision {
        let dueAt = try deadline(from: start)
        let timer = HandoffTimer(
            handoffID: handoff.handoffID, rule: id, round: handoff.round, leadID: handoff.leadID,
            repID: handoff.repID, team: handoff.team, agreementVersion: version, armedAt: start, dueAt: dueAt,
            state: .armed, nextFireAt: try firing(0, armedAt: start, dueAt: dueAt))
        return TimerDecision(timer: timer, facts: [TimerFact(kind: .armed, occurredAt: start, timer: timer)])
    }

    /// What becomes of a timer of this rule.
    public func decide(_ timer: HandoffTimer, _ input: TimerInput) throws(CalendarError) -> TimerDecision {
        var decision = TimerDecision(timer: timer)
        switch input {
        case .clock(let now):
            try fire(&decision) { $0 <= now }
        case .stopped(let instant):
            let instant = max(instant, timer.armedAt)
            try fire(&decision) { $0 < instant }
            stop(&decision, at: instant)
        case .cancelled(let instant):
            let instant = max(instant, timer.armedAt)
            try fire(&decision) { $0 <= instant }
            cancel(&decision, at: instant)
        }
        return decision
    }

    private func fire(_ decision: inout TimerDecision, while isDue: (Instant) -> Bool) throws(CalendarError) {
        while let instant = decision.timer.nextFireAt, isDue(instant) {
            let passed = decision.timer.checkpointsPassed
            if passed < checkpoints.count {
                decision.timer.state = .warned
                decision.timer.checkpointsPassed = passed + 1
                decision.timer.nextFireAt = try firing(
                    passed + 1, armedAt: decision.timer.armedAt, dueAt: decision.timer.dueAt)
                decision.tell(.warned(percent: checkpoints[passed]), at: instant)
            } else {
                decision.end(.breached, .breached(actions: onBreach), at: decision.timer.dueAt)
            }
        }
    }

    private func stop(_ decision: inout TimerDecision, at instant: Instant) {
        let timer = decision.timer
        switch timer.state {
        case .armed, .warned:
            decision.end(.met, .met, at: instant)
        case .met:
            guard let endedAt = timer.endedAt, instant < endedAt else { return }
            decision.end(.met, .met, at: instant)
        case .breached where instant <= timer.dueAt:
            decision.end(.met, .met, at: instant)
        case .breached:
            decision.timer.metLateAt = min(timer.metLateAt ?? instant, instant)
        case .cancelled:
            return
        }
    }

    private func cancel(_ decision: inout TimerDecision, at instant: Instant) {
        switch decision.timer.state {
        case .armed, .warned:
            decision.end(.cancelled, .cancelled, at: instant)
        case .breached where instant < decision.timer.dueAt:
            decision.end(.cancelled, .cancelled, at: instant)
        case .breached, .met, .cancelled:
            return
        }
    }
}

extension TimerDecision {
    fileprivate mutating func end(_ state: TimerState, _ kind: TimerFact.Kind, at instant: Instant) {
        timer.state = state
        timer.endedAt = instant
        timer.metLateAt = nil
        timer.nextFireAt = nil
        tell(kind, at: instant)
    }

    fileprivate mutating func tell(_ kind: TimerFact.Kind, at instant: Instant) {
        facts.append(TimerFact(kind: kind, occurredAt: instant, timer: timer))
    }
}
