/// How a cap over several rules follows their points, so that it cuts as much of the new ones as it did of the old.
public enum CapProposal {
    /// What a rule gives once, before and after.
    public typealias Points = (before: Double, after: Double)

    /// The cap in proportion to what the rules that stay give in all, and no lower than what a rule gives alone that it
    /// did not cut before.
    ///
    /// - Parameter rules: those that stay; points of the other sign than the cap's are passed over.
    /// - Returns: nil where no rule is left that it could cut.
    public static func scaled(_ cap: Double, _ rules: [Points]) -> Double? {
        let sign: Double = cap < 0 ? -1 : 1
        let counted = rules.map { (before: $0.before * sign, after: $0.after * sign) }
            .filter { $0.before > 0 && $0.after > 0 }
        guard !counted.isEmpty else { return nil }
        let (before, after) = counted.reduce((0, 0)) { ($0.0 + $1.before, $0.1 + $1.after) }
        let uncut = counted.filter { $0.before <= cap * sign }.map(\.after).max() ?? 0
        return sign * max(cap * sign * after / before, uncut)
    }
}
