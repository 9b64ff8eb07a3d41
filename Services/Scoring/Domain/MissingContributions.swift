public import Criteria
public import Kernel

/// Something that has not happened, or is not known, and would give a lead points.
public struct MissingContribution: Hashable, Sendable {
    public let rule: String
    public let group: PointGroup
    /// How often it has to happen; 1 for a property.
    public var times: Int
    /// What it adds to the total beside those before it.
    public var points: Double
    /// What has to happen, or to become known.
    public let evidence: String
}

/// What would make a lead an MQL at an instant.
///
/// The contributions that are left to it: one more engagement that a rule with points above zero counts, as often as its
/// repeat policy and its caps allow, and a property (of fit or situation) that is unknown and would speak for it. What is
/// known and speaks against it stays. Each costs one, and is taken to count for its own rule alone. Of the sets that reach
/// the definition, one with the fewest contributions is named; of those, one with as many of fit as possible, then of
/// situation, since these only have to be found out or to be said; within a group those that give most, the first of
/// the agreement among equals. Caps, clamps, weights and minimums count as in the score.
public struct MissingToQualify: Sendable {
    /// It meets the definition; nothing is missing.
    public var isMet = false
    /// All that is left to it, up to ``most`` contributions, would not do.
    public var isOutOfReach = false
    public var pointsShort = 0.0
    public var fitShort = 0.0
    public var engagementShort = 0.0
    public var contributions: [MissingContribution] = []
    /// With them.
    public var total: Double
    /// Any one of these kinds of engagement qualifies it at once.
    public var handRaisers: [String] = []

    /// The most contributions that are looked for.
    static let most = 100
}

extension ScoringRules {
    /// What would make a lead an MQL at an instant.
    ///
    /// - Parameter accumulators: exact at `asOf`.
    public func missing(
        _ record: FieldRecord, behaviour: [BehaviourFact], _ accumulators: LeadAccumulators, at asOf: Instant
    ) -> MissingToQualify {
        var plan = QualificationPlan(self, record, behaviour, accumulators, asOf)
        return plan.find()
    }
}

/// Looks for the fewest contributions.
private struct QualificationPlan {
    private let rules: ScoringRules
    private let score: Score
    private let judgement: Judgement
    private let events: EventPoints
    /// What each further contribution of a group gives at best, unweighted, in the order in which they are taken.
    private var fit: [Step] = []
    private var engagement: [Step] = []
    private var situation: [Step] = []

    struct Step {
        let rule: String
        let evidence: String
        let gain: Double
    }

    /// How many of each group are taken.
    private struct Count {
        var fit = 0
        var situation = 0
        var engagement = 0
    }

    init(
        _ rules: ScoringRules, _ record: FieldRecord, _ behaviour: [BehaviourFact],
        _ accumulators: LeadAccumulators, _ asOf: Instant
    ) {
        self.rules = rules
        var judge = LeadJudge(record)
        judgement = judge.judgement(rules, behaviour: behaviour, at: asOf)
        events = accumulators.points(rules, at: asOf)
        score = rules.score(judgement, events, at: asOf)
        let holding = judge.holding(rules, behaviour: behaviour, at: asOf)
        var judged = record
        _ = rules.place(&judged, at: asOf)
        func unknown(_ group: PointGroup) -> [Candidate] {
            rules.judgedRules.indices.compactMap { index in
                let rule = rules.judgedRules[index]
                guard rule.group == group, rule.points > 0 else { return nil }
                let (verdict, reasons) = rule.when.explain(judged, behaviour: behaviour, now: asOf)
                guard verdict == .unknown else { return nil }
                return Candidate(
                    rule: rules.pointRules[index].id, evidence: Evidence.text(reasons, verdict: .unknown),
                    gains: [rule.points], category: rule.category)
            }
        }
        func more(_ group: PointGroup) -> [Candidate] {
            rules.engagement.indices.compactMap { index in
                guard rules.engagement[index].group == group else { return nil }
                return Candidate(rules, index, accumulators, asOf)
            }
        }
        let properties = PointSums(rules, holding)
        fit = Candidate.steps(unknown(.fit), used: properties, rules.categories)
        engagement = Candidate.steps(
            more(.engagement), used: accumulators.sums(rules, at: asOf), rules.categories)
        situation = Candidate.steps(unknown(.situation) + more(.situation), used: nil, [])
    }

    mutating func find() -> MissingToQualify {
        let asked = rules.qualification
        var missing = MissingToQualify(total: score.total)
        missing.isMet = asked.isMet(by: score)
        guard !missing.isMet else { return missing }
        missing.pointsShort = max(0, asked.threshold - score.total)
        missing.fitShort = max(0, asked.minimumFit - score.fit)
        missing.engagementShort = max(0, asked.minimumEngagement - score.engagement)
        missing.handRaisers = asked.handRaisers.sorted()
        guard let fewest = fewest() else {
            missing.isOutOfReach = true
            return missing
        }
        var taken = Count()
        func add(_ steps: ArraySlice<Step>, _ group: PointGroup, _ part: WritableKeyPath<Count, Int>) {
            for step in steps {
                let before = reached(taken).total
                taken[keyPath: part] += 1
                let points = reached(taken).total - before
                if let place = missing.contributions.firstIndex(where: { $0.rule == step.rule }) {
                    missing.contributions[place].times += 1
                    missing.contributions[place].points += points
                } else {
                    missing.contributions.append(
                        MissingContribution(
                            rule: step.rule, group: group, times: 1, points: points, evidence: step.evidence))
                }
            }
        }
        add(fit.prefix(fewest.fit), .fit, \.fit)
        add(situation.prefix(fewest.situation), .situation, \.situation)
        add(engagement.prefix(fewest.engagement), .engagement, \.engagement)
        missing.total = reached(fewest).total
        return missing
    }

    /// More of a group never gives less, so each count is tried with the best of every group.
    private func fewest() -> Count? {
        let all = fit.count + situation.count + engagement.count
        guard all > 0 else { return nil }
        for count in 1...min(all, MissingToQualify.most) {
            for fits in stride(from: min(count, fit.count), through: 0, by: -1) {
                for situations in stride(from: min(count - fits, situation.count), through: 0, by: -1) {
                    let tried = Count(fit: fits, situation: situations, engagement: count - fits - situations)
                    guard tried.engagement <= engagement.count else { continue }
                    if rules.qualification.isMet(by: reached(tried)) { return tried }
                }
            }
        }
        return nil
    }

    private func reached(_ count: Count) -> Score {
        func sum(_ steps: [Step], _ count: Int) -> Double { steps.prefix(count).reduce(0) { $0 + $1.gain } }
        var judgement = judgement
        var events = events
        judgement.fit += sum(fit, count.fit)
        judgement.situation += sum(situation, count.situation)
        events.engagement += sum(engagement, count.engagement)
        return rules.score(judgement, events, at: score.asOf)
    }
}

/// A rule that could give more.
private struct Candidate {
    let rule: String
    let evidence: String
    /// Of one time after the other; never rising.
    let gains: [Double]
    let category: Int?

    init(rule: String, evidence: String, gains: [Double], category: Int?) {
        self.rule = rule
        self.evidence = evidence
        self.gains = gains
        self.category = category
    }

    /// Nil where the rule gives no more.
    init?(_ rules: ScoringRules, _ index: Int, _ accumulators: LeadAccumulators, _ asOf: Instant) {
        let rule = rules.engagement[index]
        guard rule.points > 0 else { return nil }
        let accumulator = accumulators.entries.first { $0.rule == index }?.accumulator
        let times: Int
        switch rule.repeats {
        case .once: times = accumulator == nil ? 1 : 0
        case .oncePerDay:
            times = accumulator?.times.contains { $0.utcDay == asOf.utcDay } == true ? 0 : 1
        case .every: times = MissingToQualify.most
        }
        let given = accumulator?.standing(rule, at: asOf).decayed ?? 0
        var gains: [Double] = []
        for time in 0..<times {
            let before = rule.capped(given + Double(time) * rule.points)
            let gain = rule.capped(given + Double(time + 1) * rule.points) - before
            guard gain > 1e-9 else { break }
            gains.append(gain)
        }
        guard !gains.isEmpty else { return nil }
        self.init(
            rule: rule.id, evidence: rule.filter == nil ? rule.event : "\(rule.event) that the rule counts",
            gains: gains, category: rules.engagementShares[index].category)
    }

    /// One after the other, the one that gives most first: since gains never rise, nor does what caps leave of them, the
    /// first so many give as much as any so many can.
    ///
    /// - Parameter used: what categories have given already, before their caps.
    static func steps(
        _ candidates: [Candidate], used: PointSums?, _ categories: [RuleCategory]
    ) -> [QualificationPlan.Step] {
        var room = categories.enumerated().map { max(0, $1.cap - (used?.points(ofCategory: $0) ?? 0)) }
        var taken = Array(repeating: 0, count: candidates.count)
        var steps: [QualificationPlan.Step] = []
        while steps.count < MissingToQualify.most {
            var best: (index: Int, gain: Double)?
            for (index, candidate) in candidates.enumerated() where taken[index] < candidate.gains.count {
                let left = candidate.category.map { room[$0] } ?? .infinity
                let gain = min(candidate.gains[taken[index]], left)
                if gain > (best?.gain ?? 1e-9) { best = (index, gain) }
            }
            guard let best else { break }
            let candidate = candidates[best.index]
            taken[best.index] += 1
            if let category = candidate.category { room[category] -= best.gain }
            steps.append(.init(rule: candidate.rule, evidence: candidate.evidence, gain: best.gain))
        }
        return steps
    }
}

extension PointSums {
    /// Of the rules that hold.
    fileprivate init(_ rules: ScoringRules, _ holding: [Int]) {
        self.init(rules.categories)
        for index in holding {
            let rule = rules.judgedRules[index]
            add(rule.points, to: rule.group, category: rule.category)
        }
    }
}

extension LeadAccumulators {
    /// What categories give before their caps.
    fileprivate func sums(_ rules: ScoringRules, at asOf: Instant) -> PointSums {
        var sums = PointSums(rules.categories)
        for entry in entries {
            let rule = rules.engagement[entry.rule]
            sums.add(
                entry.accumulator.standing(rule, at: asOf).counted, to: rule.group,
                category: rules.engagementShares[entry.rule].category)
        }
        return sums
    }
}
