import Kernel

/// What moved, in sentences.
struct DriftWarnings {
    let stability: [FeatureStability]
    let calibration: Result<CalibrationOverTime, CalibrationRefusal>
    let rules: [RuleSeparation]
    let shelfLife: ShelfLife?

    /// What makes the score wrong comes before what may, and what could not be looked at comes last.
    func sentences(_ sample: DriftSample) -> [String] {
        ofCalibration() + rules.filter { $0.verdict == .reversed }.map(Self.reversed)
            + rules.filter { $0.verdict == .noLonger }.map(Self.noLonger)
            + stability.filter { $0.verdict == .large }.map(Self.moved) + ofShelfLife()
            + stability.filter { $0.verdict == .moderate }.map(Self.moved) + tooLittle(sample)
    }

    private func ofCalibration() -> [String] {
        guard case .success(let found) = calibration, found.currentPValue <= 0.05 else { return [] }
        let current = found.current
        let promise = current.foretold > current.rate ? "more" : "less"
        return [
            "the points promise \(promise) than comes: of the \(current.leads) leads seen \(Self.text(current.period)) "
                + "\(Self.percent(current.rate)) succeeded, where the reference foretells "
                + Self.percent(current.foretold)
        ]
    }

    private static func reversed(_ rule: RuleSeparation) -> String {
        "rule \(rule.rule.id) tells the opposite of its points: \(rates(rule.current))"
    }

    private static func noLonger(_ rule: RuleSeparation) -> String {
        "rule \(rule.rule.id) no longer separates: \(rates(rule.current)); in the reference "
            + "\(percent(rule.reference.rate)) and \(percent(rule.reference.otherRate))"
    }

    private static func rates(_ outcomes: RuleSeparation.Outcomes) -> String {
        "\(percent(outcomes.rate)) of leads with it succeeded, \(percent(outcomes.otherRate)) of those without"
    }

    private static func moved(_ feature: FeatureStability) -> String {
        let name = feature.kind == .rule ? "rule \(feature.feature)" : feature.feature
        let psi = (feature.index * 1_000).rounded() / 1_000
        let subject = "\(feature.kind == .score ? "the score" : name) has moved \(verb(feature.verdict)) (PSI \(psi))"
        guard let most = feature.mostMoved else { return subject }
        return "\(subject): \(most.group.name) from \(percent(most.before)) to \(percent(most.now)) of leads"
    }

    private static func verb(_ verdict: FeatureStability.Verdict) -> String {
        verdict == .large ? "far" : "somewhat"
    }

    private func ofShelfLife() -> [String] {
        guard let shelfLife, shelfLife.isPast else { return [] }
        return [
            "the scoring section is past its shelf life: last agreed or reviewed on \(Self.day(shelfLife.since)), "
                + "its review was due on \(Self.day(shelfLife.dueAt))"
        ]
    }

    private func tooLittle(_ sample: DriftSample) -> [String] {
        var sentences: [String] = []
        if min(sample.reference.count, sample.current.count) < FeatureStability.leadsAtLeast {
            sentences.append(
                "too little to tell whether leads have changed: \(sample.reference.count) leads in the reference and "
                    + "\(sample.current.count) now; \(FeatureStability.leadsAtLeast) of each are needed")
        }
        if case .failure(let refusal) = calibration {
            sentences.append("too little to tell whether points foretell what comes: \(refusal.text)")
        }
        return sentences
    }

    private static func text(_ period: Range<Instant>) -> String {
        "from \(day(period.lowerBound)) to \(day(period.upperBound))"
    }

    private static func day(_ moment: Instant) -> String { String(moment.text.prefix(10)) }

    private static func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
}
