/// The spread of some values: in days for time between stages, in seconds for service levels.
public struct DurationSummary: Equatable, Sendable {
    public let count: Int
    public let median: Double
    public let mean: Double
    public let p25: Double
    public let p75: Double
    public let p90: Double

    /// - Returns: nil where there are no values.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        count = sorted.count
        mean = sorted.reduce(0, +) / Double(sorted.count)
        median = Quantile.linear(0.5, of: sorted)
        p25 = Quantile.linear(0.25, of: sorted)
        p75 = Quantile.linear(0.75, of: sorted)
        p90 = Quantile.linear(0.9, of: sorted)
    }

    /// Of lengths of time in microseconds, in days.
    public init?(microseconds: [Int64]) {
        self.init(microseconds.map { Double($0) / 86_400_000_000 })
    }
}

public enum Quantile {
    /// Linear interpolation between the closest ranks: type 7 of Hyndman and Fan 1996, the default of numpy and pandas.
    ///
    /// - Parameters:
    ///   - share: 0 to 1.
    ///   - sorted: ascending, not empty.
    public static func linear(_ share: Double, of sorted: [Double]) -> Double {
        let position = Double(sorted.count - 1) * share
        let lower = Int(position.rounded(.down))
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
    }
}
