/// Means and quantiles.
public enum Summary {
    /// Nil where there are no values.
    public static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Nil where there are no values.
    public static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : quantile(0.5, ofSorted: values.sorted())
    }

    /// By linear interpolation between order statistics (type 7 of Hyndman and Fan, "Sample Quantiles in Statistical
    /// Packages", 1996): what numpy, R and spreadsheets do.
    ///
    /// - Parameter sorted: in rising order; not empty.
    public static func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}
