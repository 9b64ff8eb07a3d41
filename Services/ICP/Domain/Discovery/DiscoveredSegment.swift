public import Criteria
import Statistics

/// Deals with one property or two, compared with the rest.
public struct DiscoveredSegment: Hashable, Sendable {
    public enum Verdict: Int, Hashable, Sendable {
        case wins, loses, unproven
    }

    /// One or two.
    public let conditions: [SegmentCondition]
    public let verdict: Verdict
    public let deals: Int
    public let won: Int
    public let accounts: Int
    public let restDeals: Int
    public let restWon: Int
    public let pValue: Double
    public let adjustedPValue: Double
    /// Of the won deals; nil where one side has none that is known.
    public let value: AmountComparison?
    public let cycle: AmountComparison?

    init(_ finding: Discovery.Finding, _ input: DiscoveryInput, _ wonDeals: BitSet) {
        let hypothesis = finding.hypothesis
        // Of a split whose sides both have a name, the side that wins is told.
        let mirror = finding.wins ? nil : hypothesis.mirror
        let inside = mirror?.deals ?? hypothesis.inside
        let rest = hypothesis.known.subtracting(inside)
        let members = mirror.map { [$0] } ?? (hypothesis.isPair ? hypothesis.members : [hypothesis.members[0]])
        conditions = members.map(\.condition)
        verdict = finding.verdict
        deals = inside.count
        won = inside.count(with: wonDeals)
        accounts = input.accounts(of: inside)
        restDeals = rest.count
        restWon = rest.count(with: wonDeals)
        pValue = finding.pValue
        adjustedPValue = finding.adjusted
        let here = inside.intersection(wonDeals).members
        let there = rest.intersection(wonDeals).members
        value = AmountComparison(here.compactMap { input.deals[$0].value }, there.compactMap { input.deals[$0].value })
        cycle = AmountComparison(here.compactMap { input.deals[$0].cycle }, there.compactMap { input.deals[$0].cycle })
    }

    public var winRate: Double { Tally(deals: deals, won: won).rate }
    public var restWinRate: Double { Tally(deals: restDeals, won: restWon).rate }
    /// Wilson's, of the win rate, 95 %.
    public var interval: (low: Double, high: Double) {
        let interval = WilsonInterval(successes: won, trials: deals)
        return (interval.low, interval.high)
    }

    /// Of the segment and the rest together.
    public var commonWinRate: Double { Tally(deals: deals + restDeals, won: won + restWon).rate }

    /// The win rate over that of all; 1 where nothing was won.
    public var lift: Double { commonWinRate == 0 ? 1 : winRate / commonWinRate }

    /// The interval over the win rate of all, which is taken as exact.
    public var liftInterval: (low: Double, high: Double) {
        commonWinRate == 0 ? (1, 1) : (interval.low / commonWinRate, interval.high / commonWinRate)
    }

    public var text: String { conditions.map(\.text).joined(separator: " and ") }

    /// Whether an `icp` section can say it.
    public var isOfCompany: Bool { conditions.allSatisfy(\.field.isOfCompany) }

    public var criteria: Criteria {
        conditions.count == 1 ? conditions[0].criteria : .all(conditions.map(\.criteria))
    }
}

/// Two groups of amounts side by side.
public struct AmountComparison: Hashable, Sendable {
    public let count: Int
    public let restCount: Int
    public let median: Double
    public let restMedian: Double
    public let mean: Double
    public let restMean: Double
    /// The chance that an amount exceeds one of the rest; ties count half.
    public let superiority: Double
    /// Mann-Whitney, two-sided.
    public let pValue: Double

    /// Nil where a group is empty.
    init?(_ values: [Double], _ rest: [Double]) {
        guard let test = MannWhitneyTest(values, rest), let median = Summary.median(values),
            let restMedian = Summary.median(rest), let mean = Summary.mean(values),
            let restMean = Summary.mean(rest)
        else { return nil }
        count = values.count
        restCount = rest.count
        self.median = median
        self.restMedian = restMedian
        self.mean = mean
        self.restMean = restMean
        superiority = test.superiority
        pValue = test.pValue
    }
}

/// What was looked at of one field.
public struct DiscoveredColumn: Hashable, Sendable {
    public let field: DiscoveryInput.Field
    public let missing: Int
    public let missingWon: Int
    public let cuts: [Double]
    public let segments: Int

    init(_ column: DealColumn, _ won: BitSet, segments: Int) {
        field = column.field
        missing = column.missing.count
        missingWon = column.missing.count(with: won)
        cuts = column.cuts
        self.segments = segments
    }
}
