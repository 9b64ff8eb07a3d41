public import Criteria
public import Kernel

/// What an explanation speaks of.
public struct Explanation: Sendable {
    public var leadID: String
    public var score: Score
    public var ledger: [LedgerEntry]
    public var record: FieldRecord
    public var behaviour: [BehaviourFact]
    /// What would make it an MQL.
    public var missing: MissingToQualify
    /// Kept and not counted.
    public var uncounted: [UncountedEngagement]
    /// When it will have cooled if nothing else happens.
    public var coolsAt: Instant?

    public init(
        leadID: String, score: Score, ledger: [LedgerEntry], record: FieldRecord, behaviour: [BehaviourFact],
        missing: MissingToQualify, uncounted: [UncountedEngagement], coolsAt: Instant?
    ) {
        self.leadID = leadID
        self.score = score
        self.ledger = ledger
        self.record = record
        self.behaviour = behaviour
        self.missing = missing
        self.uncounted = uncounted
        self.coolsAt = coolsAt
    }
}

/// Engagement of one kind that is kept and gives no points.
public struct UncountedEngagement: Hashable, Sendable {
    public enum Reason: String, Sendable, CaseIterable {
        /// It arrived later than agreed.
        case late
        /// The agreement does not declare its kind.
        case undeclared
    }

    public var kind: String
    public var reason: Reason
    public var count: Int
    public var firstAt: Instant
    public var lastAt: Instant

    public init(kind: String, reason: Reason, count: Int, firstAt: Instant, lastAt: Instant) {
        self.kind = kind
        self.reason = reason
        self.count = count
        self.firstAt = firstAt
        self.lastAt = lastAt
    }

    /// More of the same.
    public func joined(with other: UncountedEngagement) -> UncountedEngagement {
        UncountedEngagement(
            kind: kind, reason: reason, count: count + other.count, firstAt: min(firstAt, other.firstAt),
            lastAt: max(lastAt, other.lastAt))
    }
}

extension ScoringRules {
    /// A lead's score at an instant as sentences: the total, every contribution, what is unknown, what does not count,
    /// what is missing to qualify, and when it will have cooled.
    public func sentences(_ explanation: Explanation) -> [String] {
        let score = explanation.score
        var judged = explanation.record
        _ = place(&judged, at: score.asOf)
        let tier = score.tier.isEmpty ? "no ICP tier" : "ICP tier \(score.tier)"
        let opening =
            "\(explanation.leadID) scores \(score.shown) (\(score.total.pointsText)) as of \(score.asOf.text) under "
            + "agreement version \(score.version): grade \(score.grade), \(tier)."
        return [opening] + explanation.ledger.map(sentence) + unknowns(judged, explanation.behaviour, at: score.asOf)
            + explanation.uncounted.map(sentence) + verdict(score, explanation.missing)
            + cooling(explanation.coolsAt)
    }

    private func sentence(_ entry: LedgerEntry) -> String {
        let verb = entry.points < 0 ? "takes \((-entry.points).pointsText)" : "adds \(entry.points.pointsText)"
        var text = "\(entry.rule) \(verb) (\(entry.group.rawValue)): \(entry.evidence)"
        if let lastAt = entry.lastAt { text += ", last at \(lastAt.text)" }
        if entry.count > 0, entry.raw != entry.decayed {
            text += "; \(entry.raw.pointsText) points have decayed to \(entry.decayed.pointsText)"
        }
        if entry.capped, let cap = entry.cap { text += "; capped at \(cap.pointsText)" }
        switch entry.group {
        case .fit where settings.fitWeight != 1: text += "; weighted by \(settings.fitWeight.pointsText)"
        case .engagement where settings.engagementWeight != 1:
            text += "; weighted by \(settings.engagementWeight.pointsText)"
        default: break
        }
        return text + "."
    }

    private func unknowns(_ record: FieldRecord, _ behaviour: [BehaviourFact], at asOf: Instant) -> [String] {
        pointRules.compactMap { rule in
            let (verdict, reasons) = rule.when.explain(record, behaviour: behaviour, now: asOf)
            guard verdict == .unknown else { return nil }
            return "\(rule.id) is unknown and adds nothing (it is worth \(rule.points.pointsText)): "
                + Evidence.text(reasons, verdict: .unknown) + "."
        }
    }

    private func sentence(_ uncounted: UncountedEngagement) -> String {
        let what = "\(uncounted.count) x \(uncounted.kind)"
        switch uncounted.reason {
        case .undeclared: return "\(what) does not count: the agreement does not declare this kind."
        case .late:
            let bound = settings.lateAfter?.text ?? "agreed"
            return "\(what) does not count: it arrived more than \(bound) after it happened."
        }
    }

    private func verdict(_ score: Score, _ missing: MissingToQualify) -> [String] {
        let threshold = "the threshold of \(qualification.threshold.pointsText)"
        guard !missing.isMet else { return ["It meets \(threshold)."] }
        let short = [
            (missing.pointsShort, "points to the threshold"), (missing.fitShort, "points of fit"),
            (missing.engagementShort, "points of engagement"),
        ].filter { $0.0 > 0 }.map { "\($0.0.pointsText) \($0.1)" }
        var sentences = ["To meet \(threshold) it lacks \(short.joined(separator: " and "))."]
        if missing.isOutOfReach {
            sentences.append(
                "Nothing that is left to it, up to \(MissingToQualify.most) contributions, would make it an MQL by "
                    + "its score.")
        } else {
            let steps = missing.contributions.map { step in
                let times = step.times > 1 ? " \(step.times) times" : ""
                return "\(step.rule)\(times) (\(step.evidence)), \(step.points.pointsText) points"
            }
            sentences.append(
                "The fewest contributions that would make it an MQL: \(steps.joined(separator: "; ")). "
                    + "It would score \(missing.total.pointsText).")
        }
        if !missing.handRaisers.isEmpty {
            sentences.append("Or it raises its hand: \(missing.handRaisers.joined(separator: " or ")).")
        }
        return sentences
    }

    private func cooling(_ coolsAt: Instant?) -> [String] {
        guard let coolsAt else { return [] }
        return [
            "If nothing else happens, it falls below \(qualification.coolingLevel.pointsText) at \(coolsAt.text)."
        ]
    }
}
