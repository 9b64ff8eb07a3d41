/// How strictly winners are looked for.
public struct DiscoverySettings: Hashable, Sendable {
    /// The share of what is proposed that may be chance.
    public var falseDiscoveryRate = 0.05
    /// The fewest deals inside a segment, and outside it.
    public var minimumDeals = 20
    /// The fewest accounts behind a segment that speaks of the company.
    public var minimumAccounts = 5
    /// How many ranges a number is cut into.
    public var ranges = 4
    /// Whether a missing field is a value like any other.
    public var includesMissing = false

    /// Of one field; the most frequent ones, whatever their outcomes.
    static let valuesAtMost = 200
    /// The largest ones, whatever their outcomes.
    static let pairsAtMost = 20_000

    public init() {}
}
