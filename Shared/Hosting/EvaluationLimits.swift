public import Criteria

/// How much one call may ask of criteria that the caller brings.
public struct EvaluationLimits: Hashable, Sendable {
    /// Of each tree.
    public var criteria = CriteriaLimits.standard
    /// Conditions times records.
    public var checks = 1_000_000

    public init() {}
}
