public import Criteria
public import Kernel

/// The accumulators of one lead, by the position of their rule in the agreement.
public struct LeadAccumulators: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let rule: Int
        public var accumulator: Accumulator

        public init(rule: Int, accumulator: Accumulator) {
            self.rule = rule
            self.accumulator = accumulator
        }
    }

    /// Of the rules that counted something, in their order.
    public private(set) var entries: [Entry]
    /// The time of the latest engagement of all, counted or not: from then on the accumulators are exact.
    public private(set) var latest: Instant

    public init(entries: [Entry] = [], latest: Instant = .distantPast) {
        self.entries = entries
        self.latest = latest
    }

    /// Counts everything in `facts` that happened at `asOf` or before.
    public init(_ facts: some Sequence<BehaviourFact>, upTo asOf: Instant = .distantFuture, _ rules: ScoringRules) {
        self.init()
        for fact in facts where fact.occurredAt <= asOf { add(fact, rules) }
    }

    /// Counts one more engagement, by every rule that it meets.
    public mutating func add(_ fact: BehaviourFact, _ rules: ScoringRules) {
        add(fact, by: rules.kindTerms[fact.kind]?.rules ?? [], rules)
    }

    mutating func add(_ fact: BehaviourFact, by kindRules: [Int], _ rules: ScoringRules) {
        latest = max(latest, fact.occurredAt)
        for rule in kindRules where rules.admits(fact, by: rule) {
            entries[place(of: rule)].accumulator.add(fact.occurredAt, rules.engagementShares[rule].terms)
        }
    }

    /// Where a rule's entry stands, which is made where there is none.
    private mutating func place(of rule: Int) -> Int {
        var place = entries.count
        while place > 0, entries[place - 1].rule >= rule { place -= 1 }
        if place == entries.count || entries[place].rule != rule {
            if entries.isEmpty { entries.reserveCapacity(8) }
            entries.insert(Entry(rule: rule, accumulator: Accumulator()), at: place)
        }
        return place
    }

    /// Something happened that no rule counts.
    mutating func pass(_ moment: Instant) {
        latest = max(latest, moment)
    }

    /// Points at an instant from ``latest`` on: decayed, capped by rule and category, not yet clamped.
    func points(_ rules: ScoringRules, at asOf: Instant) -> EventPoints {
        points(rules, rising: asOf, falling: asOf)
    }

    /// No less than this from one instant to another: what fades is looked at in the end, the negatives that fade in the
    /// beginning.
    func least(_ rules: ScoringRules, from first: Instant, to last: Instant) -> EventPoints {
        points(rules, rising: first, falling: last)
    }

    private func points(_ rules: ScoringRules, rising: Instant, falling: Instant) -> EventPoints {
        var sums = PointSums(rules.categories)
        // By place: an entry taken out counts references.
        for place in entries.indices {
            let share = rules.engagementShares[entries[place].rule]
            let standing = entries[place].accumulator.standing(share.terms, at: share.rises ? rising : falling)
            sums.add(standing.counted, to: share.group, category: share.category)
        }
        return EventPoints(
            engagement: sums.engagement + sums.categorised(rules.categoryCaps), situation: sums.situation,
            negatives: sums.negatives)
    }
}
