public import Kernel

/// What the SLA remembers of a handoff: who has it, and what has happened since they got it.
public struct HandoffRecord: Equatable, Sendable {
    public let handoffID: String
    public let leadID: String
    /// How many reps have had it.
    public var round: Int
    public var repID: String
    public var team: String
    /// The event that gave it to this rep; it is applied once.
    public var assignmentEvent: String
    public var score: LeadScore
    /// When each step was first done in this round.
    public var steps: [HandoffStep: Instant]

    public init(
        handoffID: String, leadID: String, round: Int = 1, repID: String, team: String, assignmentEvent: String = "",
        score: LeadScore = LeadScore(), steps: [HandoffStep: Instant] = [:]
    ) {
        self.handoffID = handoffID
        self.leadID = leadID
        self.round = round
        self.repID = repID
        self.team = team
        self.assignmentEvent = assignmentEvent
        self.score = score
        self.steps = steps
    }

    /// No rep works on it any more.
    public var isOver: Bool { steps[.rejected] != nil || steps[.qualified] != nil || steps[.closed] != nil }
}

/// The lead's score when the handoff was assigned; later events of the handoff do not carry it.
public struct LeadScore: Equatable, Sendable {
    public var total: Double?
    /// Such as `A1`; empty where unknown.
    public var grade: String

    public init(total: Double? = nil, grade: String = "") {
        self.total = total
        self.grade = grade
    }
}
