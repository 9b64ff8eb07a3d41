/// How a calibration is checked, and how much it needs.
public struct CalibrationSettings: Hashable, Sendable {
    public enum Split: String, Sendable, CaseIterable {
        /// Held-out leads are drawn, as many of each outcome in proportion.
        case random
        /// The latest are held out.
        case time
    }

    public var split = Split.random
    /// The share of leads that is held out.
    public var heldOut = 0.25
    public var seed: UInt64 = 1
    /// Of the squared standardised coefficients; see `LogisticRegression`.
    public var penalty = 1.0
    /// With fewer leads it refuses.
    public var minimumLeads = 200
    /// With fewer successes, or fewer failures, it refuses.
    public var minimumOutcomes = 50
    /// Fields to leave out.
    public var excluded: Set<String> = []
    /// Fields to keep although they seem to know the outcome.
    public var kept: Set<String> = []

    /// The share of leads by which a field has to be set or changed more often after an outcome than without it to be left
    /// out. A tenth: people who work a lead correct a field here and there; a process that fills one when the outcome is
    /// clear does it for most leads, and a tenth of values that know the outcome outweighs what an honest field tells.
    public var changedAfter = 0.1

    /// Leads of the training set that a value needs to be a feature.
    static let minimumSupport = 10
    /// The most frequent values of one field.
    static let valuesAtMost = 100
    /// The most frequent features; those of rules stay even where they alone are more.
    static let featuresAtMost = 400

    public init() {}
}

/// Why there is no calibration.
public struct CalibrationRefusal: Error, Hashable, Sendable {
    public let text: String
}
