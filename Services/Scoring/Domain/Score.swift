public import Kernel

/// The numbers of a score: enough to decide by.
public struct ScorePoints: Hashable, Sendable {
    public let total: Double
    /// 0 to 100
    public let fit: Double
    /// 0 to 100
    public let engagement: Double
    public let situation: Double
    public let negatives: Double

    static let none = ScorePoints(total: 0, fit: 0, engagement: 0, situation: 0, negatives: 0)
}

/// A lead's score at an instant.
public struct Score: Hashable, Sendable {
    public var total: Double
    /// 0 to 100
    public var fit: Double
    /// 0 to 100
    public var engagement: Double
    public var situation: Double
    public var negatives: Double
    /// A1 to D4
    public var grade: String
    public var asOf: Instant
    public var version: Int64
    /// The ICP tier of the lead's company; empty when none fits.
    public var tier: String

    public var points: ScorePoints {
        ScorePoints(total: total, fit: fit, engagement: engagement, situation: situation, negatives: negatives)
    }

    /// Whole points, half away from zero.
    public var shown: Int64 { WholePoints.rounded(total) }

    public init(
        total: Double, fit: Double, engagement: Double, situation: Double, negatives: Double, grade: String,
        asOf: Instant, version: Int64, tier: String
    ) {
        self.total = total
        self.fit = fit
        self.engagement = engagement
        self.situation = situation
        self.negatives = negatives
        self.grade = grade
        self.asOf = asOf
        self.version = version
        self.tier = tier
    }
}

/// Points from which a lead has the first, second and third grade; below the third it has the last.
public struct GradeSteps: Sendable {
    public let first: Double
    public let second: Double
    public let third: Double

    public init(_ first: Double = 75, _ second: Double = 50, _ third: Double = 25) {
        self.first = first
        self.second = second
        self.third = third
    }

    /// 0 for the best, 3 for the last.
    func grade(_ points: Double) -> Int {
        points >= first ? 0 : points >= second ? 1 : points >= third ? 2 : 3
    }
}

/// The two steps as one grade, fit first.
enum Grade {
    private static let names = [
        ["A1", "A2", "A3", "A4"], ["B1", "B2", "B3", "B4"], ["C1", "C2", "C3", "C4"], ["D1", "D2", "D3", "D4"],
    ]

    static func name(fit: Int, engagement: Int) -> String { names[fit][engagement] }
}

/// Points as whole numbers that still add up.
public enum WholePoints {
    /// Half away from zero; points beyond 10^15 are shown as 10^15.
    public static func rounded(_ points: Double) -> Int64 {
        Int64(min(max(points, -1e15), 1e15).rounded(.toNearestOrAwayFromZero))
    }

    /// Whole points that add up to `total` exactly, by largest remainder: everyone is rounded down, and what is
    /// missing goes to the largest fractions, the first of equals first.
    public static func shares(_ points: [Double], total: Int64) -> [Int64] {
        var shares = points.map { Int64(min(max($0, -1e15), 1e15).rounded(.down)) }
        var missing = total - shares.reduce(0, +)
        let order = points.indices.sorted { left, right in
            let leftRest = points[left] - points[left].rounded(.down)
            let rightRest = points[right] - points[right].rounded(.down)
            return leftRest == rightRest ? left < right : leftRest > rightRest
        }
        // Rounding of the sum can ask for one unit more, or less, than there are fractions.
        var place = 0
        while missing != 0, !order.isEmpty {
            let step: Int64 = missing > 0 ? 1 : -1
            shares[step > 0 ? order[place % order.count] : order[order.count - 1 - place % order.count]] += step
            missing -= step
            place += 1
        }
        return shares
    }
}
