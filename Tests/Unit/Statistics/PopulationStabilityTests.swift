import Statistics
import Testing

/// What scipy 1.17 computes: `chi2.ppf`, `chi2.sf`, and the formulas written down with numpy.
@Suite struct PopulationStabilityTests {
    @Test(arguments: [
        (1, [0.454936423119572, 3.841458820694124, 6.6348966010212145], 0.11384629800665763),
        (2, [1.386294361119891, 5.991464547107979, 9.21034037197618], 0.0820849986238988),
        (3, [2.3659738843753377, 7.814727903251179, 11.344866730144373], 0.0575584519726364),
        (9, [8.342832692252955, 16.918977604620448, 21.665994333461924], 0.0074224494199438005),
        (10, [9.34181776559197, 18.307038053275146, 23.209251158954356], 0.005345505487134069),
        (21, [20.337227563547934, 32.670573340917315, 38.93217268351607], 0.00016212344891168153),
        (30, [29.336031516661585, 43.77297182574219, 50.89218131151707], 1.0075366850661574e-05),
    ])
    func chiSquareAgreesWithTheTables(degrees: Int, quantiles: [Double], tail: Double) {
        for (share, expected) in zip([0.5, 0.95, 0.99], quantiles) {
            #expect(abs(ChiSquare.quantile(share, degrees: degrees) / expected - 1) < 1e-10)
        }
        #expect(abs(ChiSquare.upperTail(2.5 * Double(degrees), degrees: degrees) / tail - 1) < 1e-10)
        #expect(ChiSquare.upperTail(0, degrees: degrees) == 1)
    }

    /// The first by hand: shares 50.5/101 and 50.5/101 become 80.5/101 and 20.5/101, so that the index is
    /// 30/101 x (ln(80.5/50.5) - ln(20.5/50.5)) = 0.297030 x 1.367833.
    @Test(arguments: [
        ([50, 50], [80, 20], 0.4062868212713332, 0.07682917641388248, 6.570624852482856e-06),
        ([100, 100, 100], [100, 100, 100], 0, 0.039943096980719864, 1),
        ([10, 30, 60], [30, 30, 40], 0.28920055514762383, 0.11982929094215958, 0.0007245108078187388),
        ([90, 10, 0], [25, 0, 5], 0.7774886887709183, 0.2596301303746791, 0.00012703812344165048),
    ])
    func theIndexIsTheOneWorkedOutByHand(
        reference: [Int], current: [Int], index: Double, chance: Double, pValue: Double
    ) {
        let found = PopulationStability(reference: reference, current: current)
        #expect(abs(found.index - index) < 1e-12 && abs(found.chance - chance) < 1e-12)
        #expect(abs(found.pValue - pValue) < 1e-12)
    }

    @Test func oneGroupAndNoCasesTellNothing() {
        for (reference, current) in [([7], [9]), ([0, 0], [3, 4]), ([3, 4], [0, 0]), ([], [])] {
            let found = PopulationStability(reference: reference, current: current)
            #expect(found.index == 0 && found.chance == 0 && found.pValue == 1)
        }
    }

    @Test func oddsRatiosAreComparedByWoolfsTest() {
        let before = OddsRatio(successes: 30, trials: 50, restSuccesses: 20, restTrials: 100)
        let now = OddsRatio(successes: 12, trials: 40, restSuccesses: 11, restTrials: 40)
        #expect(
            abs(before.logarithm - 1.7651340957491586) < 1e-12 && abs(before.variance - 0.14277022110410495) < 1e-12)
        #expect(abs(before.pValue(against: now) - 0.0074338670687632315) < 1e-12)
        #expect(before.pValue(against: before) == 1)
        let empty = OddsRatio(successes: 0, trials: 10, restSuccesses: 5, restTrials: 10)
        #expect(abs(empty.logarithm + 3.044522437723423) < 1e-12)
    }
}
