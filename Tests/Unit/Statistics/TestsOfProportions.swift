import Kernel
import Statistics
import Testing

/// What scipy 1.x computes: `fisher_exact`, `binomtest(...).proportion_ci("wilson")`, `false_discovery_control`,
/// `mannwhitneyu(method="asymptotic")` and numpy's `quantile`.
@Suite struct TestsOfProportions {
    struct Table: Sendable {
        var won: Int
        var deals: Int
        var restWon: Int
        var rest: Int
        var pValue: Double
        var low: Double
        var high: Double
    }

    static let tables: [Table] = [
        .init(
            won: 3, deals: 4, restWon: 1, rest: 4, pValue: 0.48571428571428565, low: 0.30064184258240184,
            high: 0.9544127391902995),
        .init(
            won: 8, deals: 10, restWon: 1, rest: 15, pValue: 0.00033529534135268423, low: 0.4901624715366418,
            high: 0.9433178485456248),
        .init(
            won: 0, deals: 12, restWon: 5, rest: 9, pValue: 0.006191950464396284, low: 0, high: 0.24249400665524085),
        .init(
            won: 312, deals: 400, restWon: 3926, rest: 6311, pValue: 6.993745797053279e-11, low: 0.7368470079068086,
            high: 0.8178261072659854),
        .init(
            won: 1629, deals: 2604, restWon: 2609, rest: 4107, pValue: 0.4360272258118689, low: 0.6068151137638336,
            high: 0.6439670025292898),
        .init(
            won: 45, deals: 100, restWon: 112, rest: 400, pValue: 0.0016334818349125234, low: 0.35614537979511984,
            high: 0.5475539700255787),
        .init(
            won: 700, deals: 1000, restWon: 3538, rest: 5711, pValue: 9.135843154118464e-07, low: 0.6708761390827828,
            high: 0.7275931575229951),
        .init(
            won: 20, deals: 20, restWon: 4218, rest: 6691, pValue: 0.0002003532129432677, low: 0.8388748419471808,
            high: 1),
        .init(
            won: 1171, deals: 1858, restWon: 3067, rest: 4853, pValue: 0.9099495954868364, low: 0.6080497611796987,
            high: 0.6519079262522751),
    ]

    @Test(arguments: tables) func fisherAndWilsonAgreeWithScipy(_ table: Table) {
        let pValue = FisherExactTest.pValue(
            successes: table.won, trials: table.deals, restSuccesses: table.restWon, restTrials: table.rest)
        #expect(abs(pValue / table.pValue - 1) < 1e-9)
        let interval = WilsonInterval(successes: table.won, trials: table.deals)
        #expect(abs(interval.low - table.low) < 1e-12 && abs(interval.high - table.high) < 1e-12)
    }

    /// Against the definition: every table with the same margins, by binomial coefficients.
    @Test func fisherAgreesWithCountingEveryTable() {
        var random = SeededRandom(seed: 11)
        for round in 0..<300 {
            let deals = Int(random.next() % 15)
            let rest = Int(random.next() % 15)
            let won = Int(random.next() % UInt64(deals + 1))
            let restWon = Int(random.next() % UInt64(rest + 1))
            let marked = won + restWon
            let chances = (max(0, marked - rest)...min(deals, marked)).map {
                Self.choose(deals, $0) * Self.choose(rest, marked - $0)
            }
            let found = Self.choose(deals, won) * Self.choose(rest, restWon)
            let expected = chances.filter { $0 <= found }.reduce(0, +) / chances.reduce(0, +)
            let pValue = FisherExactTest.pValue(
                successes: won, trials: deals, restSuccesses: restWon, restTrials: rest)
            #expect(abs(pValue - expected) < 1e-12, "seed 11, round \(round): \(won)/\(deals), \(restWon)/\(rest)")
        }
    }

    private static func choose(_ all: Int, _ some: Int) -> Double {
        (0..<some).reduce(1.0) { $0 * Double(all - $1) / Double($1 + 1) }.rounded()
    }

    @Test func fisherHoldsWhereATailIsBeyondDoubles() {
        #expect(FisherExactTest.pValue(successes: 5_000, trials: 5_000, restSuccesses: 0, restTrials: 5_000) < 1e-300)
        #expect(FisherExactTest.pValue(successes: 0, trials: 0, restSuccesses: 3, restTrials: 9) == 1)
        #expect(FisherExactTest.pValue(successes: 4, trials: 4, restSuccesses: 9, restTrials: 9) == 1)
    }

    @Test func noTrialsTellNothing() {
        let interval = WilsonInterval(successes: 0, trials: 0)
        #expect(interval.low == 0 && interval.high == 1)
    }

    @Test func benjaminiHochbergAgreesWithScipy() {
        let adjusted = FalseDiscovery.adjusted([0.01, 0.04, 0.03, 0.005, 0.55, 0.04, 1, 0.0002])
        let expected = [
            0.026666666666666665, 0.05333333333333333, 0.05333333333333333, 0.02, 0.6285714285714286,
            0.05333333333333333, 1, 0.0016,
        ]
        #expect(zip(adjusted, expected).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(FalseDiscovery.adjusted([]).isEmpty)
    }

    @Test func mannWhitneyAgreesWithScipy() throws {
        let test = try #require(
            MannWhitneyTest(
                [55, 55, 550, 1096, 3393, 4821, 55, 26768], [54, 550, 550, 1054, 4514, 58, 61, 4000, 1096, 900]))
        #expect(test.superiority == 0.53125 && abs(test.pValue - 0.8583022785871254) < 1e-12)
        let apart = try #require(MannWhitneyTest([1, 2, 3], [10, 20, 30, 40]))
        #expect(apart.superiority == 0 && abs(apart.pValue - 0.05182992721790968) < 1e-12)
        #expect(MannWhitneyTest([7, 7], [7, 7, 7])?.pValue == 1)
        #expect(MannWhitneyTest([], [1]) == nil)
    }

    @Test func quantilesAgreeWithNumpy() {
        let sorted: [Double] = [1, 1, 2, 3, 4, 5, 6, 9]
        let found = [0.1, 0.25, 0.5, 0.9].map { Summary.quantile($0, ofSorted: sorted) }
        #expect(zip(found, [1, 1.75, 3.5, 6.9]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(Summary.median([]) == nil && Summary.mean([]) == nil && Summary.mean([1, 2]) == 1.5)
    }
}
