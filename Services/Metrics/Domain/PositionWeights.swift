/// Shares of the credit by the place of a touch on its path; they add up to 1.
public struct PositionWeights: Hashable, Sendable {
    public let first: Double
    /// Of all touches between the first and the last, in equal parts.
    public let middle: Double
    public let last: Double

    /// U-shaped.
    public static let standard = PositionWeights(first: 0.4, middle: 0.2, last: 0.4)

    public init(first: Double, middle: Double, last: Double) {
        self.first = first
        self.middle = middle
        self.last = last
    }

    /// The share of each touch of a path. One touch has all; of two, the ends share what the middle lacks in their own
    /// proportion, or equally where they have no weight.
    ///
    /// - Parameter touches: at least one.
    public func shares(of touches: Int) -> [Double] {
        guard touches > 2 else {
            guard touches == 2 else { return [1] }
            let ends = first + last
            return ends > 0 ? [first / ends, last / ends] : [0.5, 0.5]
        }
        let between = Double(touches - 2)
        return [first] + Array(repeating: middle / between, count: touches - 2) + [last]
    }
}
