/// Correction of p-values for the number of comparisons.
public enum FalseDiscovery {
    /// Adjusted p-values: those at or below a rate are the discoveries of which, on average, at most that share is
    /// false.
    ///
    /// Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate", J. Roy. Stat. Soc. B 57 (1995): of m
    /// p-values in rising order, the k-th becomes the least of p(j) m / j over j >= k, at most 1.
    ///
    /// - Returns: in the order of the argument.
    public static func adjusted(_ pValues: [Double]) -> [Double] {
        var adjusted = pValues
        var least = 1.0
        let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
        for (rank, index) in order.enumerated().reversed() {
            least = min(least, pValues[index] * Double(pValues.count) / Double(rank + 1))
            adjusted[index] = least
        }
        return adjusted
    }
}
