#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How much the odds of success of one group exceed those of the rest: its logarithm, with half a case added to each
/// cell (J. Haldane, "The Estimation and Significance of the Logarithm of a Ratio of Frequencies", Ann. Hum. Genet. 20,
/// 1956).
public struct OddsRatio: Hashable, Sendable {
    public let logarithm: Double
    public let variance: Double

    /// - Parameters:
    ///   - successes: in the first group, of `trials`.
    ///   - restSuccesses: in the second group, of `restTrials`.
    public init(successes: Int, trials: Int, restSuccesses: Int, restTrials: Int) {
        let cells = [successes, trials - successes, restSuccesses, restTrials - restSuccesses].map { Double($0) + 0.5 }
        logarithm = log(cells[0] / cells[1]) - log(cells[2] / cells[3])
        variance = cells.reduce(0) { $0 + 1 / $1 }
    }

    /// Of two ratios being the same: Woolf's test of homogeneity (B. Woolf, "On Estimating the Relation between Blood
    /// Group and Disease", Ann. Hum. Genet. 19, 1955), two-sided.
    public func pValue(against other: OddsRatio) -> Double {
        let deviation = (variance + other.variance).squareRoot()
        return erfc(abs(logarithm - other.logarithm) / deviation / 2.0.squareRoot())
    }
}
