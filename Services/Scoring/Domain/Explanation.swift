public import Criteria
import Kernel

extension ScoringRules {
    /// A lead's score at an instant as sentences: the total, every contribution, what is unknown, and what is missing
    /// to qualify.
    public func sentences(
        _ leadID: String, _ score: Score, _ ledger: [LedgerEntry], record: FieldRecord, behaviour: [BehaviourFact]
    ) -> [String] {
        var judged = record
        _ = place(&judged, at: score.asOf)
        let tier = score.tier.isEmpty ? "no ICP tier" : "ICP tier \(score.tier)"
        let opening =
            "\(leadID) scores \(score.shown) (\(score.total.pointsText)) as of \(score.asOf.text) under agreement "
            + "version \(score.version): grade \(score.grade), \(tier)."
        return [opening] + ledger.map(sentence) + unknowns(judged, behaviour, at: score.asOf) + [verdict(score)]
    }

    private func sentence(_ entry: LedgerEntry) -> String {
        var text = "\(entry.rule) adds \(entry.points.pointsText) (\(entry.group.rawValue)): \(entry.evidence)"
        if let lastAt = entry.lastAt { text += ", last at \(lastAt.text)" }
        if entry.group == .engagement, entry.raw != entry.decayed {
            text += "; \(entry.raw.pointsText) points have decayed to \(entry.decayed.pointsText)"
        }
        if entry.capped, let cap = engagement.first(where: { $0.id == entry.rule })?.cap {
            text += "; capped at \(cap.pointsText)"
        }
        switch entry.group {
        case .fit where settings.fitWeight != 1: text += "; weighted by \(settings.fitWeight.pointsText)"
        case .engagement where settings.engagementWeight != 1:
            text += "; weighted by \(settings.engagementWeight.pointsText)"
        default: break
        }
        return text + "."
    }

    private func unknowns(_ record: FieldRecord, _ behaviour: [BehaviourFact], at asOf: Instant) -> [String] {
        PointGroup.allCases.flatMap { rules(of: $0) }.compactMap { rule in
            let (verdict, reasons) = rule.when.explain(record, behaviour: behaviour, now: asOf)
            guard verdict == .unknown else { return nil }
            return "\(rule.id) is unknown and adds nothing (it is worth \(rule.points.pointsText)): "
                + Evidence.text(reasons, verdict: .unknown) + "."
        }
    }

    private func verdict(_ score: Score) -> String {
        var missing: [String] = []
        if score.total < qualification.threshold {
            missing.append("\((qualification.threshold - score.total).pointsText) points to the threshold")
        }
        if score.fit < qualification.minimumFit {
            missing.append("\((qualification.minimumFit - score.fit).pointsText) points of fit")
        }
        if score.engagement < qualification.minimumEngagement {
            missing.append("\((qualification.minimumEngagement - score.engagement).pointsText) points of engagement")
        }
        return missing.isEmpty
            ? "It meets the threshold of \(qualification.threshold.pointsText)."
            : "To meet the threshold of \(qualification.threshold.pointsText) it lacks "
                + missing.joined(separator: " and ") + "."
    }
}
