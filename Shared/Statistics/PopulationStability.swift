#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How far the shares of groups have moved from a reference to today.
///
/// The population stability index (N. Siddiqi, "Credit Risk Scorecards", 2006):
///
///     sum over groups of (c - r) ln(c / r),    c and r the shares of current and reference
///
/// with half a case added to each group of each sample, so that an empty one has a logarithm. Of two samples of one
/// population, of sizes n and m, it is about (1/n + 1/m) times a chi-square value of one degree of freedom less than
/// there are groups (B. Yurdakul and J. Naranjo, "Statistical Properties of the Population Stability Index", J. Risk
/// Model Validation 14, 2020): the fewer the cases, the more of it is chance.
public struct PopulationStability: Hashable, Sendable {
    public let index: Double
    /// What chance alone exceeds one time in twenty.
    public let chance: Double
    /// The chance of an index as large.
    public let pValue: Double

    /// - Parameters:
    ///   - reference: cases by group.
    ///   - current: the same groups in the same order.
    public init(reference: [Int], current: [Int]) {
        let sizes = (Double(reference.reduce(0, +)), Double(current.reduce(0, +)))
        guard reference.count > 1, sizes.0 > 0, sizes.1 > 0 else {
            (index, chance, pValue) = (0, 0, 1)
            return
        }
        let added = Double(reference.count) / 2
        index = zip(reference, current).reduce(0) { sum, counts in
            let before = (Double(counts.0) + 0.5) / (sizes.0 + added)
            let now = (Double(counts.1) + 0.5) / (sizes.1 + added)
            return sum + (now - before) * log(now / before)
        }
        let scale = 1 / sizes.0 + 1 / sizes.1
        let degrees = reference.count - 1
        chance = ChiSquare.quantile(0.95, degrees: degrees) * scale
        pValue = ChiSquare.upperTail(index / scale, degrees: degrees)
    }
}
