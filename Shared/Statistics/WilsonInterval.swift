/// The interval of a proportion at 95 % confidence.
///
/// E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), without
/// correction for continuity:
///
///     (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
public struct WilsonInterval: Hashable, Sendable {
    public let low: Double
    public let high: Double

    /// The 97.5th percentile of the normal distribution.
    static let z = 1.959963984540054

    /// 0 to 1 where there are no trials.
    public init(successes: Int, trials: Int) {
        guard trials > 0 else {
            low = 0
            high = 1
            return
        }
        let count = Double(trials)
        let share = Double(successes) / count
        let square = Self.z * Self.z
        let centre = share + square / (2 * count)
        let spread = Self.z * (share * (1 - share) / count + square / (4 * count * count)).squareRoot()
        let scale = 1 + square / count
        low = successes == 0 ? 0 : (centre - spread) / scale
        high = successes == trials ? 1 : (centre + spread) / scale
    }
}
