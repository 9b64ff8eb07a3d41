public import Criteria
public import Kernel

/// One contribution to a score.
public struct LedgerEntry: Hashable, Sendable {
    public enum Group: String, Sendable {
        case fit, engagement, situation, negatives, adjustment
    }

    public var rule: String
    public var group: Group
    public var version: Int64
    /// What the rule saw.
    public var evidence: String
    /// Before cap, decay and weight.
    public var raw: Double
    public var decayed: Double
    /// The rule's cap cut it.
    public var capped: Bool
    /// What the entry adds to the total, weighted.
    public var points: Double
    /// Whole points; those of all entries add up to ``Score/shown``.
    public var shown: Int64 = 0
    /// The last engagement behind it.
    public var lastAt: Instant?
    /// Engagements behind it.
    public var count = 0
    /// The rule's own, if it has one.
    public var cap: Double?
    /// Empty for none.
    public var category = ""
}

extension ScoringRules {
    /// Every contribution to a lead's score at an instant, in the order of the agreement. Its points add up to
    /// ``Score/total`` and its whole points to ``Score/shown``.
    ///
    /// - Parameter accumulators: exact at `asOf`.
    public func ledger(
        _ record: FieldRecord, behaviour: [BehaviourFact], _ accumulators: LeadAccumulators, at asOf: Instant
    ) -> (score: Score, entries: [LedgerEntry]) {
        var judge = LeadJudge(record)
        return ledger(&judge, behaviour: behaviour, accumulators, at: asOf)
    }

    /// The same of a lead that was judged before.
    func ledger(
        _ judge: inout LeadJudge, behaviour: [BehaviourFact], _ accumulators: LeadAccumulators, at asOf: Instant
    ) -> (score: Score, entries: [LedgerEntry]) {
        let score = score(judge.judgement(self, behaviour: behaviour, at: asOf), accumulators, at: asOf)
        let holding = judge.holding(self, behaviour: behaviour, at: asOf)
        let (rules, cuts) = parts(of: score, holding: holding, accumulators)
        let judged = judge.judged
        let standings = Dictionary(
            accumulators.entries.map { ($0.rule, $0.accumulator.standing(engagement[$0.rule], at: asOf)) }
        ) { first, _ in first }
        var entries = rules.compactMap { contribution -> LedgerEntry? in
            switch contributor(at: contribution.place) {
            case .property(let index): entry(contribution.points, index, judged, behaviour, asOf)
            case .event(let index): standings[index].map { entry(contribution.points, engagement[index], $0) }
            case .clamp, nil: nil
            }
        }
        entries += cuts.map(entry)
        let shares = WholePoints.shares(entries.map(\.points), total: score.shown)
        for index in entries.indices { entries[index].shown = shares[index] }
        return (score, entries)
    }

    private func entry(
        _ points: Double, _ index: Int, _ record: FieldRecord, _ past: [BehaviourFact], _ asOf: Instant
    ) -> LedgerEntry {
        let rule = pointRules[index]
        let reasons = rule.when.explain(record, behaviour: past, now: asOf).reasons
        return LedgerEntry(
            rule: rule.id, group: LedgerEntry.Group(judgedRules[index].group), version: version,
            evidence: Evidence.text(reasons), raw: rule.points, decayed: rule.points, capped: false, points: points,
            category: rule.category)
    }

    private func entry(_ points: Double, _ rule: EngagementRule, _ standing: RuleStanding) -> LedgerEntry {
        LedgerEntry(
            rule: rule.id, group: LedgerEntry.Group(rule.group), version: version,
            evidence: "\(standing.count) x \(rule.event)", raw: standing.raw, decayed: standing.decayed,
            capped: standing.counted != standing.decayed, points: points, lastAt: standing.lastAt,
            count: standing.count, cap: rule.cap, category: rule.category)
    }

    private func entry(_ cut: ClampCut) -> LedgerEntry {
        LedgerEntry(
            rule: contributor(cut.place) ?? "", group: .adjustment, version: version,
            evidence: "\(reason(cut.clamp)), found \(cut.found.pointsText)", raw: cut.points, decayed: cut.points,
            capped: false, points: cut.points)
    }

    private func reason(_ clamp: Contributor.Clamp) -> String {
        switch clamp {
        case .category(let group, let index):
            let category = categories[index]
            return "\(group.rawValue) of category \(category.id) counts up to \(category.cap.pointsText)"
        case .fit: return "fit counts from 0 to 100"
        case .engagement: return "engagement counts from 0 to 100"
        case .situation: return "situation counts up to \(settings.situationCap.pointsText)"
        case .negatives: return "negatives count down to \(settings.negativesFloor.pointsText)"
        case .floor: return "a score is never below \(settings.floor.pointsText)"
        }
    }
}

extension LedgerEntry.Group {
    init(_ group: PointGroup) {
        switch group {
        case .fit: self = .fit
        case .engagement: self = .engagement
        case .situation: self = .situation
        case .negatives: self = .negatives
        }
    }
}

/// What a rule saw, as text.
enum Evidence {
    /// The leaves that speak for the verdict, the first three of them: `company.employees gte 200, found 450`.
    static func text(_ reasons: [LeafReason], verdict: Verdict = .true) -> String {
        let telling = reasons.filter { $0.verdict == verdict }
        let shown = (telling.isEmpty ? reasons : telling).prefix(3).map(sentence)
        let rest = telling.count - shown.count
        return shown.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    }

    private static func sentence(_ reason: LeafReason) -> String {
        let expected = reason.expected.map { " \($0.text)" } ?? ""
        let found = reason.found.map { "found \(short($0.text))" } ?? "not known"
        return "\(reason.field) \(reason.op)\(expected), \(found)"
    }

    private static func short(_ text: String) -> String {
        text.count > 80 ? text.prefix(79) + "…" : text
    }
}

extension Double {
    /// Points for people: at most two digits behind the point.
    var pointsText: String {
        guard abs(self) < 1e13 else { return "\(self)" }
        let hundredths = Int64((self * 100).rounded())
        let whole = (hundredths / 100).magnitude
        let rest = (hundredths % 100).magnitude
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
