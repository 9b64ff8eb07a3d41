public import Kernel

extension ScoringRules {
    /// As of which moment a lead goes over to this version: when it took effect, or when the lead was last scored, if that
    /// is later. So it does not matter when that is done.
    public func renewalTime(of memory: LeadMemory, now: Instant) -> Instant {
        min(now, max(memory.scoredAt, effectiveAt))
    }

    /// Takes over a lead that was scored by the version before.
    ///
    /// What the lead did stays as it was, what it means is new: it qualifies or cools where the new meaning takes it over
    /// the threshold or below. A hand that it raised before meant what was agreed then, and is not raised again.
    ///
    /// - Parameters:
    ///   - lead: nothing but what is known of it, of its history as much as
    ///     ``history(of:judgedFrom:now:)`` asks for.
    ///   - before: its score by the version before at the same instant; nil where that is not known.
    ///   - asOf: ``renewalTime(of:now:)``.
    ///   - judge: of the lead's record.
    /// - Returns: a step, with what it says of the score, only where that is not what the version before said.
    public func renew(_ lead: LeadChange, before: Score?, at asOf: Instant, _ judge: LeadJudge) -> Progress {
        var walk = Walk(self, lead, now: asOf, judge: judge)
        walk.renew(at: asOf, before: before)
        walk.finish()
        return walk.progress
    }

    /// The score of a lead to which nothing has happened since it was scored.
    public func score(_ lead: LeadChange, at asOf: Instant, _ judge: inout LeadJudge) -> Score {
        let judgement = judge.judgement(self, behaviour: lead.history, at: asOf)
        if let memory = lead.memory, memory.shape == shape, memory.accumulators.latest <= asOf {
            return score(judgement, memory.accumulators, at: asOf)
        }
        return score(judgement, LeadAccumulators(lead.history, upTo: asOf, self), at: asOf)
    }
}

extension Score {
    /// Whether it comes to the same as one of another version; differences below 1e-9 are those of the order of a sum.
    func says(_ other: Score) -> Bool {
        func isSame(_ points: Double, _ others: Double) -> Bool { abs(points - others) <= 1e-9 }
        return grade == other.grade && tier == other.tier && isSame(total, other.total) && isSame(fit, other.fit)
            && isSame(engagement, other.engagement) && isSame(situation, other.situation)
            && isSame(negatives, other.negatives)
    }
}
