public import Criteria
public import Kernel

/// What scoring remembers of a lead between changes.
public struct LeadMemory: Hashable, Sendable {
    public var accumulators: LeadAccumulators
    /// The ``ScoringRules/shape`` that the accumulators were built under.
    public var shape: Int64
    public var standing: Standing
    /// The running total of its history: the score at the last entry.
    public var total: Double
    /// The latest moment as of which it was judged.
    public var scoredAt: Instant
    /// The version by which it was.
    public var version: Int64
    /// When the lead will have cooled if nothing else happens; nil where it never will, or is not above the threshold.
    public var coolsAt: Instant?

    public init(
        accumulators: LeadAccumulators, shape: Int64, standing: Standing, total: Double, scoredAt: Instant,
        version: Int64, coolsAt: Instant? = nil
    ) {
        self.accumulators = accumulators
        self.shape = shape
        self.standing = standing
        self.total = total
        self.scoredAt = scoredAt
        self.version = version
        self.coolsAt = coolsAt
    }
}

/// A lead together with what happens to it in one transaction. Nothing but the passing of time is a change too: it cools
/// a lead that is due.
public struct LeadChange: Sendable {
    /// Nil for a new lead.
    public var memory: LeadMemory?
    /// Of a new lead: when it came to be.
    public var createdAt: Instant
    /// Its fields changed, which has no time of its own but now.
    public var updated: Bool
    /// New engagement, in the order of its time.
    public var engagements: [BehaviourFact]
    /// Of the new engagement: the positions of what does not count, since it came too late.
    public var uncounted: Set<Int> = []
    public var record: FieldRecord
    /// What is stored besides and counts, as far as ``ScoringRules/history(neededBy:now:)`` asks for it.
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

    fileprivate var isTimeAlone: Bool { memory != nil && !updated && engagements.isEmpty }
}

/// A lead met the agreed definition, or no longer meets the threshold.
public struct Crossing: Sendable {
    public enum Kind: Hashable, Sendable {
        case qualified(Trigger)
        /// After it had cooled.
        case requalified(Trigger)
        case cooled
    }

    public var kind: Kind
    /// The time of the fact that did it, or the computed one.
    public var at: Instant
    public var score: Score
    /// Of one that qualified.
    public var ledger: [LedgerEntry]

    /// Nil of one that cooled.
    public var trigger: Trigger? {
        switch kind {
        case .qualified(let trigger), .requalified(let trigger): trigger
        case .cooled: nil
        }
    }
}

/// One entry of a lead's history.
public struct ScoreStep: Sendable {
    public var score: Score
    /// That of the step before; 0 for a new lead.
    public var previousTotal: Double
    public var contributions: [Contribution]
    /// Time alone made it: the lead cooled.
    public var isCooling: Bool
}

/// What a change comes to.
public struct Progress: Sendable {
    public var memory: LeadMemory
    /// In the order of time. What happened makes one, the last but for a cooling after it.
    public var steps: [ScoreStep]
    /// Usually none or one; more where one batch holds months of a lead's life.
    public var crossings: [Crossing]

    /// What the facts came to; nil where there were none.
    public var change: ScoreStep? { steps.last { !$0.isCooling } }
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
        if change.engagements.contains(where: { $0.occurredAt > now }) { return .all }
        // Whether it has cooled is asked of the time since it was last scored.
        let first =
            memory.standing.heat == .above
            ? memory.scoredAt : max(memory.scoredAt, change.engagements.first?.occurredAt ?? now)
        return history(of: memory, judgedFrom: min(first, now), now: now)
    }

    /// What judging a lead at a moment and later needs of its stored engagement, new engagement apart.
    public func history(of memory: LeadMemory, judgedFrom moment: Instant, now: Instant) -> NeededHistory {
        let latest = memory.accumulators.latest
        guard memory.shape == shape, latest <= min(memory.scoredAt, now) else { return .all }
        return countsBehaviour(upTo: latest, from: moment) ? .kinds(countedKinds) : .nothing
    }

    /// Applies a change, one fact after the other.
    ///
    /// Each fact is scored as of its own time: a new lead at `createdAt`, an engagement when it happened, new fields
    /// `now`. So the moment of qualification does not depend on how facts are batched, nor on how late they are sent.
    /// Time never runs backwards for a lead (a late engagement is scored at the latest time scored before) nor past
    /// `now`. A lead that cools between two facts does so at its computed time.
    public func advance(_ change: LeadChange, now: Instant) -> Progress {
        var walk = Walk(self, change, now: now)
        walk.cool(upTo: change.isTimeAlone ? now : .distantPast)
        if change.memory == nil || change.updated { walk.step(nil) }
        for (index, fact) in change.engagements.enumerated() {
            walk.step(fact, counts: !change.uncounted.contains(index))
        }
        walk.finish()
        return walk.progress
    }
}

/// One lead's way through the facts of a change.
struct Walk {
    private let rules: ScoringRules
    private let now: Instant
    private let record: FieldRecord
    /// The engagement so far, as much of it as is needed.
    private var known: [BehaviourFact]
    private let keepsKnown: Bool
    private let isUpdated: Bool
    private var judge: LeadJudge
    /// After the last fact.
    private var score: Score?
    private(set) var progress: Progress

    /// - Parameter judge: what is known of the lead's record already.
    init(_ rules: ScoringRules, _ change: LeadChange, now: Instant, judge: LeadJudge? = nil) {
        self.rules = rules
        self.now = now
        record = change.record
        isUpdated = change.memory != nil && change.updated
        self.judge = judge ?? LeadJudge(change.record)
        known = change.history
        keepsKnown = rules.readsBehaviour || change.engagements.contains { $0.occurredAt > now } || !known.isEmpty
        var memory =
            change.memory
            ?? LeadMemory(
                accumulators: LeadAccumulators(), shape: rules.shape, standing: Standing(), total: 0,
                scoredAt: min(change.createdAt, now), version: rules.version)
        if memory.shape != rules.shape {
            let latest = memory.accumulators.latest
            memory.accumulators = LeadAccumulators(change.history, rules)
            memory.accumulators.pass(latest)
            memory.shape = rules.shape
        }
        progress = Progress(memory: memory, steps: [], crossings: [])
    }

    /// - Parameter fact: nil for the lead's own coming or change.
    mutating func step(_ fact: BehaviourFact?, counts: Bool = true) {
        let factAt = fact?.occurredAt ?? (isUpdated ? now : .distantPast)
        let asOf = min(now, max(progress.memory.scoredAt, factAt))
        // New fields say nothing of the time before them.
        if fact != nil || !isUpdated { cool(upTo: asOf) }
        if let fact, counts {
            progress.memory.accumulators.add(fact, rules)
            if keepsKnown { known.append(fact) }
        } else if let fact {
            progress.memory.accumulators.pass(fact.occurredAt)
        }
        decide(
            at: asOf, engaged: fact != nil,
            raisedHand: counts && fact.map { rules.qualification.handRaisers.contains($0.kind) } ?? false)
    }

    /// Goes over from another version.
    ///
    /// - Parameter before: the score by that one at the same instant; nil where it is not known.
    mutating func renew(at asOf: Instant, before: Score?) {
        decide(at: asOf, engaged: false, raisedHand: false)
        // The one does not tell more than the other did.
        if progress.crossings.isEmpty, let before, score?.says(before) ?? true { score = nil }
    }

    private mutating func decide(at asOf: Instant, engaged: Bool, raisedHand: Bool) {
        let after = score(at: asOf)
        let wasQualified = progress.memory.standing.state == .mql
        let decision = rules.qualification.decide(
            progress.memory.standing, after: after, engaged: engaged, raisedHand: raisedHand)
        progress.memory.standing = decision.standing
        progress.memory.scoredAt = asOf
        progress.memory.version = rules.version
        score = after
        if decision.cooled {
            progress.crossings.append(Crossing(kind: .cooled, at: asOf, score: after, ledger: []))
        }
        guard let trigger = decision.trigger else { return }
        let ledger = rules.ledger(&judge, behaviour: known, accumulators(at: asOf), at: asOf)
        progress.crossings.append(
            Crossing(
                kind: wasQualified ? .requalified(trigger) : .qualified(trigger), at: asOf, score: ledger.score,
                ledger: ledger.entries))
    }

    /// Keeps what the facts came to, and looks ahead.
    mutating func finish() {
        if let score { keep(score, isCooling: false) }
        progress.memory.coolsAt = nextCooling(upTo: .distantFuture)
    }

    private mutating func nextCooling(upTo last: Instant) -> Instant? {
        guard progress.memory.standing.heat == .above else { return nil }
        let (memory, rules) = (progress.memory, rules)
        // No lead cooled by a version before it took effect, unless it was all that time scored by it.
        let start = memory.version == rules.version ? memory.scoredAt : max(memory.scoredAt, rules.effectiveAt)
        return CoolingSearch(
            rules: rules, record: record, known: known, accumulators: memory.accumulators,
            level: rules.qualification.coolingLevel
        ).first(from: start, to: last, &judge)
    }

    /// Cools the lead where it falls below the level by a moment.
    mutating func cool(upTo last: Instant) {
        if let at = nextCooling(upTo: last) { cool(at: at) }
    }

    /// Facts of the change that came before it have a step of their own first.
    private mutating func cool(at moment: Instant) {
        if let score, progress.steps.last?.isCooling ?? true { keep(score, isCooling: false) }
        progress.memory.standing.heat = .cooled
        progress.memory.scoredAt = moment
        progress.memory.version = rules.version
        progress.memory.coolsAt = nil
        let cooled = score(at: moment)
        keep(cooled, isCooling: true)
        progress.crossings.append(Crossing(kind: .cooled, at: moment, score: cooled, ledger: []))
    }

    private mutating func keep(_ score: Score, isCooling: Bool) {
        let holding = judge.holding(rules, behaviour: known, at: score.asOf)
        progress.steps.append(
            ScoreStep(
                score: score, previousTotal: progress.memory.total,
                contributions: rules.contributions(score, holding: holding, accumulators(at: score.asOf)),
                isCooling: isCooling))
        progress.memory.total = score.total
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
