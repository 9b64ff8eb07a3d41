public import Kernel

/// What Routing told of a handoff.
public struct HandoffNews: Sendable {
    public var eventID: String
    public var handoffID: String
    public var leadID: String
    public var repID: String
    public var team: String
    /// What was done; a rejection that ends the handoff is two steps. None where no rep has it any more, and it waits.
    public var steps: [HandoffStep]
    public var occurredAt: Instant
    public var agreementVersion: Int64
    /// Of an assignment.
    public var score: LeadScore?

    public init(
        eventID: String, handoffID: String, leadID: String, repID: String, team: String, steps: [HandoffStep],
        occurredAt: Instant, agreementVersion: Int64, score: LeadScore? = nil
    ) {
        self.eventID = eventID
        self.handoffID = handoffID
        self.leadID = leadID
        self.repID = repID
        self.team = team
        self.steps = steps
        self.occurredAt = occurredAt
        self.agreementVersion = agreementVersion
        self.score = score
    }

    var isAssignment: Bool { steps.contains(.assigned) }
    /// What it does not meet, it makes void.
    var endsWork: Bool { steps.isEmpty || steps.contains { $0 == .rejected || $0 == .qualified || $0 == .closed } }
}

/// What has become of a handoff's clocks.
public struct HandoffDecision: Equatable, Sendable {
    public var record: HandoffRecord
    /// New ones.
    public var armed: [HandoffTimer] = []
    /// Known ones that are different now.
    public var changed: [HandoffTimer] = []
    /// In the order of their time.
    public var facts: [TimerFact] = []
}

/// A fault of the program or of its store, never of the caller.
public enum HandoffError: Error, Equatable {
    /// A timer's agreement version has no rule of its name.
    case ruleUnknown(timer: String, version: Int64)
}
