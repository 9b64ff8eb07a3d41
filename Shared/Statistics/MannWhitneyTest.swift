#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whether one of two groups of values tends to be larger, whatever their distribution.
///
/// H. B. Mann and D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the
/// Other", Ann. Math. Stat. 18 (1947); the normal approximation with corrections for ties and continuity (Lehmann,
/// "Nonparametrics", 1975), two-sided.
public struct MannWhitneyTest: Hashable, Sendable {
    /// The chance that a value of the first group exceeds one of the second; ties count half.
    public let superiority: Double
    public let pValue: Double

    /// Nil where a group is empty. Values must be finite.
    public init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        let ranked = Ranks(first + second)
        let size = Double(first.count)
        let all = Double(first.count + second.count)
        let pairs = size * Double(second.count)
        let statistic = ranked.ranks.prefix(first.count).reduce(0, +) - size * (size + 1) / 2
        superiority = statistic / pairs
        let variance = pairs / 12 * (all + 1 - ranked.ties / (all * (all - 1)))
        guard variance > 0 else {
            pValue = 1
            return
        }
        let score = (abs(statistic - pairs / 2) - 0.5) / variance.squareRoot()
        pValue = min(1, erfc(score / 2.0.squareRoot()))
    }
}
