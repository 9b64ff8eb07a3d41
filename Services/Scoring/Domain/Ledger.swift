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
}

extension ScoringRules {
    /// Every contribution to a lead's score at an instant, in the order of the agreement. Its points add up to
    /// ``Score/total`` and its whole points to ``Score/shown``.
    ///
    /// - Parameter accumulators: exact at `asOf`.
    public func ledger(
        _ record: FieldRecord, behaviour: [BehaviourFact], _ accumulators: LeadAccumulators, at asOf: Instant
    ) -> (score: Score, entries: [LedgerEntry]) {
        let score = score(judge(record, behaviour: behaviour, at: asOf), accumulators, at: asOf)
        var judged = record
        _ = place(&judged, at: asOf)
        func entries(_ group: PointGroup) -> [LedgerEntry] {
            rules(of: group).compactMap { entry($0, group, judged, behaviour, asOf) }
        }
        let fitEntries = entries(.fit)
        let engagementEntries = accumulators.entries.compactMap { entry($0, asOf) }
        var all = fitEntries + engagementEntries + entries(.situation) + entries(.negatives)
        all += adjustments(score, all)
        let shares = WholePoints.shares(all.map(\.points), total: score.shown)
        for index in all.indices { all[index].shown = shares[index] }
        return (score, all)
    }

    private func entry(
        _ rule: PointRule, _ group: PointGroup, _ record: FieldRecord, _ past: [BehaviourFact], _ asOf: Instant
    ) -> LedgerEntry? {
        guard rule.when.evaluate(record, behaviour: past, now: asOf) == .true else { return nil }
        let reasons = rule.when.explain(record, behaviour: past, now: asOf).reasons
        let weight = group == .fit ? settings.fitWeight : 1
        return LedgerEntry(
            rule: rule.id, group: LedgerEntry.Group(group), version: version, evidence: Evidence.text(reasons),
            raw: rule.points, decayed: rule.points, capped: false, points: weight * rule.points)
    }

    private func entry(_ entry: LeadAccumulators.Entry, _ asOf: Instant) -> LedgerEntry? {
        let rule = engagement[entry.rule]
        let standing = entry.accumulator.standing(rule, at: asOf)
        guard standing.count > 0 else { return nil }
        return LedgerEntry(
            rule: rule.id, group: .engagement, version: version, evidence: "\(standing.count) x \(rule.event)",
            raw: standing.raw, decayed: standing.decayed, capped: standing.counted != standing.decayed,
            points: settings.engagementWeight * standing.counted, lastAt: standing.lastAt, count: standing.count)
    }

    /// What the clamps and the floor add or take.
    private func adjustments(_ score: Score, _ entries: [LedgerEntry]) -> [LedgerEntry] {
        func sum(_ group: LedgerEntry.Group) -> Double {
            entries.lazy.filter { $0.group == group }.reduce(0) { $0 + $1.points }
        }
        let fit = (sum(.fit), settings.fitWeight * score.fit)
        let engagement = (sum(.engagement), settings.engagementWeight * score.engagement)
        let unfloored = fit.1 + engagement.1 + score.situation + score.negatives
        return [
            adjustment("adjustment.fit_cap", fit.0, fit.1, "fit counts from 0 to 100"),
            adjustment("adjustment.engagement_cap", engagement.0, engagement.1, "engagement counts from 0 to 100"),
            adjustment(
                "adjustment.floor", unfloored, score.total,
                "a score is never below \(settings.floor.pointsText)"),
        ].compactMap { $0 }
    }

    /// Nil where nothing is cut; differences below 1e-9 are those of the order of a sum.
    private func adjustment(_ rule: String, _ found: Double, _ counted: Double, _ reason: String) -> LedgerEntry? {
        guard abs(counted - found) > 1e-9 else { return nil }
        return LedgerEntry(
            rule: rule, group: .adjustment, version: version, evidence: "\(reason), found \(found.pointsText)",
            raw: counted - found, decayed: counted - found, capped: false, points: counted - found)
    }
}

extension LedgerEntry.Group {
    init(_ group: PointGroup) {
        switch group {
        case .fit: self = .fit
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
