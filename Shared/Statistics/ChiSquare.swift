#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The chi-square distribution of whole degrees of freedom.
public enum ChiSquare {
    /// The chance of a larger value: M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions", 26.4.4 and
    /// 26.4.5. Sums of positive terms, so nothing is lost to rounding.
    ///
    /// - Parameter degrees: 1 or more.
    public static func upperTail(_ value: Double, degrees: Int) -> Double {
        guard value > 0 else { return 1 }
        let half = value / 2
        let isOdd = degrees % 2 == 1
        var chance = isOdd ? erfc(half.squareRoot()) : 0
        var term = exp(-half) * (isOdd ? 2 * (half / .pi).squareRoot() : 1)
        for step in 0..<degrees / 2 {
            chance += term
            term *= half / (Double(step) + (isOdd ? 1.5 : 1))
        }
        return min(chance, 1)
    }

    /// The value that chance stays below in a share of cases; by bisection, to the last digits.
    ///
    /// - Parameters:
    ///   - share: above 0, below 1.
    ///   - degrees: 1 or more.
    public static func quantile(_ share: Double, degrees: Int) -> Double {
        var low = 0.0
        var high = Double(degrees)
        while upperTail(high, degrees: degrees) > 1 - share { high *= 2 }
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { return middle }
            if upperTail(middle, degrees: degrees) > 1 - share { low = middle } else { high = middle }
        }
    }
}
