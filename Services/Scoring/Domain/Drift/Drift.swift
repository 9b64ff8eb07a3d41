public import Kernel

/// Whether leads, and what the score says of them, are still as they were.
public struct Drift: Sendable {
    public let sample: DriftSample
    public let score: FeatureStability
    /// Rules and fields, the worst first.
    public let features: [FeatureStability]
    public let calibration: Result<CalibrationOverTime, CalibrationRefusal>
    /// In the order of the agreement.
    public let rules: [RuleSeparation]
    /// Nil where the agreement has no reviews.
    public let shelfLife: ShelfLife?
    /// Sentences, the most important first.
    public let warnings: [String]

    /// - Parameters:
    ///   - sample: of readings by these rules.
    ///   - excluded: fields to leave out.
    public init(
        _ sample: DriftSample, _ rules: ScoringRules, excluded: Set<String> = [],
        by step: CalibrationOverTime.Step = .month, shelfLife: ShelfLife? = nil
    ) {
        let stability = FeatureStability.all(sample, rules, excluded: excluded)
        self.sample = sample
        score = stability[0]
        features = Array(stability.dropFirst())
        calibration = Result { () throws(CalibrationRefusal) in try CalibrationOverTime(sample, by: step) }
        self.rules = RuleSeparation.all(sample, rules.calibrated)
        self.shelfLife = shelfLife
        warnings = DriftWarnings(
            stability: stability, calibration: calibration, rules: self.rules, shelfLife: shelfLife
        ).sentences(sample)
    }
}

/// How long the agreement's scoring may go unreviewed.
public struct ShelfLife: Hashable, Sendable {
    /// When it was agreed or last reviewed.
    public let since: Instant
    public let dueAt: Instant
    public let isPast: Bool

    public init(since: Instant, dueAt: Instant, now: Instant) {
        self.since = since
        self.dueAt = dueAt
        isPast = now >= dueAt
    }
}
