public import Criteria
public import Kernel

/// What scoring remembers of a lead between changes.
public struct LeadMemory: Hashable, Sendable {
    public var accumulators: LeadAccumulators
    /// The ``ScoringRules/shape`` that the accumulators were built under.
    public var shape: Int64
    public var standing: Standing
    /// The score at ``scoredAt``.
    public var total: Double
    public var scoredAt: Instant

    public init(
        accumulators: LeadAccumulators, shape: Int64, standing: Standing, total: Double, scoredAt: Instant
    ) {
        self.accumulators = accumulators
        self.shape = shape
        self.standing = standing
        self.total = total
        self.scoredAt = scoredAt
    }
}

/// A lead together with what happens to it in one transaction.
public struct LeadChange: Sendable {
    /// Nil for a new lead.
    public var memory: LeadMemory?
    /// Of a new lead: when it came to be.
    public var createdAt: Instant
    /// Its fields changed, which has no time of its own but now.
    public var updated: Bool
    /// New engagement, in the order of its time.
    public var engagements: [BehaviourFact]
    public var record: FieldRecord
    /// What is stored besides, as far as ``ScoringRules/history(neededBy:now:)`` asks for it.
    public var history: [BehaviourFact]

    public init(
        memory: LeadMemory?, createdAt: Instant, updated: Bool, engagements: [BehaviourFact], record: FieldRecord,
        history: [BehaviourFact] = []
    ) {
        self.memory = memory
        self.createdAt = createdAt
        self.updated = updated
        self.engagements = engagements
        self.record = record
        self.history = history
    }
}

/// A lead met the agreed definition.
public struct Crossing: Sendable {
    public var trigger: Trigger
    /// The time of the fact that did it.
    public var at: Instant
    public var score: Score
    public var ledger: [LedgerEntry]
}

/// What a change comes to.
public struct Progress: Sendable {
    public var memory: LeadMemory
    public var score: Score
    /// 0 for a new lead.
    public var previousTotal: Double
    /// Usually none or one; more where one batch holds months of a lead's life.
    public var crossings: [Crossing]
}

/// What a change takes of the lead's stored engagement.
public enum NeededHistory: Hashable, Sendable {
    case nothing
    /// That of some kinds.
    case kinds(Set<String>)
    case all
}

extension ScoringRules {
    /// What ``advance(_:now:)`` needs of the lead's stored engagement.
    public func history(neededBy change: LeadChange, now: Instant) -> NeededHistory {
        guard let memory = change.memory else { return .nothing }
        let isExact =
            memory.shape == shape && memory.accumulators.latest <= min(memory.scoredAt, now)
            && !change.engagements.contains { $0.occurredAt > now }
        return !isExact ? .all : readsBehaviour ? .kinds(countedKinds) : .nothing
    }

    /// Applies a change, one fact after the other.
    ///
    /// Each fact is scored as of its own time: a new lead at `createdAt`, an engagement when it happened, new fields
    /// `now`. So the moment of qualification does not depend on how facts are batched, nor on how late they are sent.
    /// Time never runs backwards for a lead (a late engagement is scored at the latest time scored before) nor past
    /// `now`.
    public func advance(_ change: LeadChange, now: Instant) -> Progress {
        var walk = Walk(self, change, now: now)
        if change.memory == nil || change.updated { walk.step(nil) }
        for fact in change.engagements { walk.step(fact) }
        return walk.progress
    }
}

/// One lead's way through the facts of a change.
private struct Walk {
    private let rules: ScoringRules
    private let now: Instant
    private let record: FieldRecord
    /// The engagement so far, as much of it as is needed.
    private var known: [BehaviourFact]
    private let keepsKnown: Bool
    private var judge: LeadJudge
    private(set) var progress: Progress

    init(_ rules: ScoringRules, _ change: LeadChange, now: Instant) {
        self.rules = rules
        self.now = now
        record = change.record
        judge = LeadJudge(change.record, rules)
        known = change.history
        keepsKnown = rules.readsBehaviour || change.engagements.contains { $0.occurredAt > now } || !known.isEmpty
        var memory =
            change.memory
            ?? LeadMemory(
                accumulators: LeadAccumulators(), shape: rules.shape, standing: Standing(), total: 0,
                scoredAt: min(change.createdAt, now))
        let previous = memory.total
        if change.memory != nil, change.updated { memory.scoredAt = max(memory.scoredAt, now) }
        if memory.shape != rules.shape {
            memory.accumulators = LeadAccumulators(change.history, rules)
            memory.shape = rules.shape
        }
        progress = Progress(
            memory: memory,
            score: Score(
                total: previous, fit: 0, engagement: 0, situation: 0, negatives: 0, grade: "", asOf: memory.scoredAt,
                version: rules.version, tier: ""),
            previousTotal: previous, crossings: [])
    }

    /// - Parameter fact: nil for the lead's own coming or change.
    mutating func step(_ fact: BehaviourFact?) {
        let asOf = min(now, max(progress.memory.scoredAt, fact?.occurredAt ?? .distantPast))
        let before = progress.memory.standing.heat == .above ? score(at: asOf) : nil
        if let fact {
            progress.memory.accumulators.add(fact, rules)
            if keepsKnown { known.append(fact) }
        }
        let after = score(at: asOf)
        let decision = rules.qualification.decide(
            progress.memory.standing, before: before, after: after, engaged: fact != nil,
            raisedHand: fact.map { rules.qualification.handRaisers.contains($0.kind) } ?? false)
        progress.memory.standing = decision.standing
        progress.memory.scoredAt = asOf
        progress.memory.total = after.total
        progress.score = after
        guard let trigger = decision.trigger else { return }
        let ledger = rules.ledger(record, behaviour: known, accumulators(at: asOf), at: asOf)
        progress.crossings.append(
            Crossing(trigger: trigger, at: asOf, score: ledger.score, ledger: ledger.entries))
    }

    private mutating func score(at asOf: Instant) -> Score {
        rules.score(judge.judgement(rules, behaviour: known, at: asOf), accumulators(at: asOf), at: asOf)
    }

    /// The accumulators as they are at an instant; those that hold something later are built anew without it.
    private func accumulators(at asOf: Instant) -> LeadAccumulators {
        let all = progress.memory.accumulators
        return all.latest <= asOf ? all : LeadAccumulators(known, upTo: asOf, rules)
    }
}
