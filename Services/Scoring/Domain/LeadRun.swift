public import Criteria
public import Kernel

/// A lead as it is scored one thing after the other, in the order of time, without a history: the score and the standing
/// alone, as fast as they can be had.
///
/// What it decides is what ``ScoringRules/advance(_:now:)`` decides of the same facts, but for leads that cool while
/// nothing happens.
public struct LeadRun: Sendable {
    private let rules: ScoringRules
    private var judge: LeadJudge
    private var accumulators = LeadAccumulators()
    /// As much of what it did as point rules count, and perhaps what they no longer do.
    private var behaviour: [BehaviourFact] = []
    /// How much of it there may be until it is looked through again.
    private var room = 64
    public private(set) var standing = Standing()
    public private(set) var points = ScorePoints.none
    /// When it was scored last.
    public private(set) var scoredAt: Instant

    public init(_ record: FieldRecord, createdAt: Instant, _ rules: ScoringRules) {
        self.rules = rules
        judge = LeadJudge(record)
        scoredAt = createdAt
    }

    /// The lead comes to be.
    ///
    /// - Returns: why it qualifies by that, if it does.
    public mutating func come() -> Trigger? { decide(engaged: false, raisedHand: false) }

    /// Its fields are others from a moment on.
    public mutating func change(_ record: FieldRecord, at moment: Instant) -> Trigger? {
        judge = LeadJudge(record)
        scoredAt = max(scoredAt, moment)
        return decide(engaged: false, raisedHand: false)
    }

    /// It does something.
    ///
    /// - Parameter moment: when that becomes known, not before it happens; nil means when it happens.
    public mutating func add(_ fact: BehaviourFact, at moment: Instant? = nil) -> Trigger? {
        let terms = rules.kindTerms[fact.kind]
        accumulators.add(fact, by: terms?.rules ?? [], rules)
        scoredAt = max(scoredAt, moment ?? fact.occurredAt)
        if terms?.isCounted ?? false { remember(fact) }
        return decide(engaged: true, raisedHand: terms?.raisesHand ?? false)
    }

    /// Every rule looks at all of it each time: what is too old for all of them is forgotten, now and then.
    private mutating func remember(_ fact: BehaviourFact) {
        behaviour.append(fact)
        guard behaviour.count >= room, let first = rules.firstCounted(at: scoredAt) else { return }
        behaviour.removeAll { $0.occurredAt < first }
        room = max(64, 2 * behaviour.count)
    }

    private mutating func decide(engaged: Bool, raisedHand: Bool) -> Trigger? {
        points = rules.points(
            judge.judgement(rules, behaviour: behaviour, at: scoredAt), accumulators.points(rules, at: scoredAt))
        let decision = rules.qualification.decide(
            standing, after: points, engaged: engaged, raisedHand: raisedHand)
        standing = decision.standing
        return decision.trigger
    }
}
