public import Kernel

/// Where a timer stands. An armed and a warned one run; the others have ended.
public enum TimerState: String, Sendable, CaseIterable {
    case armed, warned, met, breached, cancelled

    public var runs: Bool { self == .armed || self == .warned }
}

/// One clock on one handoff.
public struct HandoffTimer: Equatable, Sendable {
    public let handoffID: String
    /// The id of its rule.
    public let rule: String
    /// 1 for the first rep who had the handoff, 2 for the next.
    public let round: Int
    public let leadID: String
    public let repID: String
    public let team: String
    /// The version whose rule it follows to its end, whatever is agreed later.
    public let agreementVersion: Int64
    public let armedAt: Instant
    public let dueAt: Instant
    public var state: TimerState
    /// When it was met, breached or cancelled.
    public var endedAt: Instant?
    /// When what stops it came after the breach.
    public var metLateAt: Instant?
    /// How many checkpoints were passed.
    public var checkpointsPassed: Int
    /// When it has to fire next; nil when it has ended.
    public var nextFireAt: Instant?

    public init(
        handoffID: String, rule: String, round: Int, leadID: String, repID: String, team: String,
        agreementVersion: Int64, armedAt: Instant, dueAt: Instant, state: TimerState, endedAt: Instant? = nil,
        metLateAt: Instant? = nil, checkpointsPassed: Int = 0, nextFireAt: Instant?
    ) {
        self.handoffID = handoffID
        self.rule = rule
        self.round = round
        self.leadID = leadID
        self.repID = repID
        self.team = team
        self.agreementVersion = agreementVersion
        self.armedAt = armedAt
        self.dueAt = dueAt
        self.state = state
        self.endedAt = endedAt
        self.metLateAt = metLateAt
        self.checkpointsPassed = checkpointsPassed
        self.nextFireAt = nextFireAt
    }

    /// Follows from what the timer is, so that no repeat can double it.
    public var id: String { "\(handoffID).\(rule).\(round)" }
}

/// Something that became of a timer, to be told.
public struct TimerFact: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case armed
        case warned(percent: Double)
        case met
        case breached(actions: [String])
        case cancelled
    }

    public var kind: Kind
    /// When it came to be, however late it was noticed.
    public var occurredAt: Instant
    /// As it was then.
    public var timer: HandoffTimer
}

/// What a timer has become, and what there is to tell of it.
public struct TimerDecision: Equatable, Sendable {
    public var timer: HandoffTimer
    public var facts: [TimerFact] = []
}

/// What can happen to a timer.
public enum TimerInput: Equatable, Sendable {
    /// It is so late.
    case clock(Instant)
    /// What the timer waits for was done.
    case stopped(Instant)
    /// The handoff went on without it.
    case cancelled(Instant)
}
