/// How much history one call may look at to learn from it.
public struct AnalysisLimits: Hashable, Sendable {
    /// Closed deals.
    public var deals = 100_000
    public var accounts = 200_000
    public var leads = 200_000

    public init() {}
}
