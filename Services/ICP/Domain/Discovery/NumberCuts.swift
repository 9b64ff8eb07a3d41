import Statistics

/// Where a number is cut into ranges: at its quantiles, rounded to two significant digits for people.
///
/// Outcomes are not looked at: a cut that is chosen because it separates won from lost looks more significant than it
/// is (R. Miller and D. Siegmund, "Maximally Selected Chi Square Statistics", Biometrics 38, 1982).
enum NumberCuts {
    /// - Parameter values: finite, one a deal.
    /// - Returns: rising; each has values below it and values from it on. Empty where all are equal.
    static func cuts(_ values: [Double], ranges: Int) -> [Double] {
        let sorted = values.sorted()
        guard let least = sorted.first, let most = sorted.last else { return [] }
        var cuts: [Double] = []
        for number in 1..<ranges {
            let quantile = Summary.quantile(Double(number) / Double(ranges), ofSorted: sorted)
            let cut = rounded(quantile)
            let usable = cut > least && cut <= most ? cut : quantile
            if usable > max(least, cuts.last ?? least), usable <= most { cuts.append(usable) }
        }
        return cuts
    }

    /// To two significant digits.
    static func rounded(_ number: Double) -> Double {
        let size = number.magnitude
        guard size.isNormal, size < 1e15, size >= 1e-6 else { return number }
        var scale = 1.0
        if size >= 100 {
            while size / scale >= 100 { scale *= 10 }
            return (number / scale).rounded() * scale
        }
        while size * scale < 10 { scale *= 10 }
        return (number * scale).rounded() / scale
    }
}
