public import Criteria
import Kernel

/// Judges one lead again and again as time passes: a verdict that time alone cannot change is found once, also for rules
/// that ask the same (``ScoringRules/asksSame(as:)``).
public struct LeadJudge: Sendable {
    private let record: FieldRecord
    /// The record with the tier that rules may read.
    private var placed: FieldRecord?
    private var tier = ""
    /// What was found last, by the position of the rule in ``ScoringRules/judgedRules``.
    private var holds: [Bool] = []
    /// By these, under the version that asked last.
    private var judgement: (version: Int64, found: Judgement)?

    public init(_ record: FieldRecord) {
        self.record = record
    }

    /// The record as rules read it: with the tier, once that was asked for.
    var judged: FieldRecord { placed ?? record }

    mutating func judgement(_ rules: ScoringRules, behaviour: [BehaviourFact], at asOf: Instant) -> Judgement {
        if !look(rules, behaviour, asOf), let judgement, judgement.version == rules.version { return judgement.found }
        var sums = PointSums(rules.categories)
        for index in holds.indices where holds[index] {
            let rule = rules.judgedRules[index]
            sums.add(rule.points, to: rule.group, category: rule.category)
        }
        let found = Judgement(
            fit: sums.fit + sums.categorised(rules.categoryCaps), situation: sums.situation,
            negatives: sums.negatives, tier: tier)
        judgement = (rules.version, found)
        return found
    }

    /// The rules that hold, by their position in ``ScoringRules/judgedRules``.
    mutating func holding(_ rules: ScoringRules, behaviour: [BehaviourFact], at asOf: Instant) -> [Int] {
        if look(rules, behaviour, asOf) { judgement = nil }
        return holds.indices.filter { holds[$0] }
    }

    /// Looks at every rule whose verdict may differ from what was found last.
    ///
    /// - Returns: whether anything does.
    private mutating func look(_ rules: ScoringRules, _ behaviour: [BehaviourFact], _ asOf: Instant) -> Bool {
        let isFirst = placed == nil
        guard isFirst || rules.variesWithTime else { return false }
        var differs = place(rules, at: asOf)
        guard let placed else { return differs }
        if isFirst {
            holds = rules.judgedCriteria.verdicts(placed, behaviour: behaviour, now: asOf).map { $0 == .true }
            return true
        }
        for index in rules.varyingRules {
            let verdict = rules.judgedRules[index].when.evaluate(placed, behaviour: behaviour, now: asOf) == .true
            guard verdict != holds[index] else { continue }
            holds[index] = verdict
            differs = true
        }
        return differs
    }

    /// - Returns: whether the tier is another one.
    private mutating func place(_ rules: ScoringRules, at asOf: Instant) -> Bool {
        guard placed == nil || rules.tierVaries else { return false }
        let before = tier
        var judged = record
        tier = rules.place(&judged, at: asOf)
        placed = judged
        return tier != before
    }
}
