import Criteria
import Kernel

/// Judges one lead again and again as time passes: a verdict that time alone cannot change is found once.
struct LeadJudge {
    private let record: FieldRecord
    /// The record with the tier that rules may read.
    private var placed: FieldRecord?
    private var tier = ""
    /// By the position of the rule in ``ScoringRules/judgedRules``; only of rules that do not vary with time.
    private var held: [Bool?]

    init(_ record: FieldRecord, _ rules: ScoringRules) {
        self.record = record
        held = Array(repeating: nil, count: rules.judgedRules.count)
    }

    mutating func judgement(_ rules: ScoringRules, behaviour: [BehaviourFact], at asOf: Instant) -> Judgement {
        let judged = place(rules, at: asOf)
        var sums = PointSums(rules.categories)
        for index in rules.judgedRules.indices where holds(index, rules, judged, behaviour, asOf) {
            let rule = rules.judgedRules[index]
            sums.add(rule.points, to: rule.group, category: rule.category)
        }
        return Judgement(
            fit: sums.fit + sums.categorised(rules.categories), situation: sums.situation, negatives: sums.negatives,
            tier: tier)
    }

    /// The rules that hold, by their position in ``ScoringRules/judgedRules``.
    mutating func holding(_ rules: ScoringRules, behaviour: [BehaviourFact], at asOf: Instant) -> [Int] {
        let judged = place(rules, at: asOf)
        return rules.judgedRules.indices.filter { holds($0, rules, judged, behaviour, asOf) }
    }

    private mutating func place(_ rules: ScoringRules, at asOf: Instant) -> FieldRecord {
        if let placed, !rules.tierVaries { return placed }
        var judged = record
        tier = rules.place(&judged, at: asOf)
        placed = judged
        return judged
    }

    private mutating func holds(
        _ index: Int, _ rules: ScoringRules, _ judged: FieldRecord, _ behaviour: [BehaviourFact], _ asOf: Instant
    ) -> Bool {
        if let known = held[index] { return known }
        let verdict = rules.judgedRules[index].when.evaluate(judged, behaviour: behaviour, now: asOf) == .true
        if !rules.judgedRules[index].varies, !rules.tierVaries { held[index] = verdict }
        return verdict
    }
}
