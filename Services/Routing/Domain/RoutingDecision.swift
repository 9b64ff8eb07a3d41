public import Criteria
public import Kernel

/// One decision about a handoff, with everything that led to it.
public struct RoutingDecision: Hashable, Sendable {
    public enum Cause: String, Sendable {
        case qualified, rejected
        case timerBreached = "timer_breached"
        case capacityFreed = "capacity_freed"
        case leadsMerged = "leads_merged"
        case leadsSplit = "leads_split"
    }

    public enum Outcome: Hashable, Sendable {
        case assigned(Choice)
        /// No one can take it now; the lead waits for this target, or for any change when there is none.
        case waiting(RoutingTarget?)
        /// Everything stays as it is.
        case unchanged
    }

    /// Who gets the lead.
    public struct Choice: Hashable, Sendable {
        public var repID: String
        public var team: String
        /// Empty when a rule names the rep.
        public var poolID: String
        /// Empty when no rule decided.
        public var rule: String
        /// The pool after this turn; nil when no pool was asked.
        public var poolAfter: Pool?
    }

    public var at: Instant
    public var agreementVersion: Int64
    public var cause: Cause
    public var steps: [TraceStep]
    public var outcome: Outcome

    public init(at: Instant, agreementVersion: Int64, cause: Cause, steps: [TraceStep], outcome: Outcome) {
        self.at = at
        self.agreementVersion = agreementVersion
        self.cause = cause
        self.steps = steps
        self.outcome = outcome
    }
}

/// One step of a decision's trace.
public struct TraceStep: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case rule, pool, candidate, fallback, queue
    }

    public var kind: Kind
    /// The rule's, pool's or rep's id.
    public var id: String
    /// Of a rule: whether it holds. Of a pool: whether it can be used. Of a candidate: whether they are eligible.
    public var verdict: Verdict
    public var note: String
    /// Of a rule: every leaf of its criteria.
    public var reasons: [LeafReason]

    public init(_ kind: Kind, _ id: String, _ verdict: Verdict, note: String = "", reasons: [LeafReason] = []) {
        self.kind = kind
        self.id = id
        self.verdict = verdict
        self.note = note
        self.reasons = reasons
    }
}
