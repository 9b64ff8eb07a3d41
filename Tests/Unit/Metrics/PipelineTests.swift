import MetricsDomain
import Testing

@Suite struct PipelineTests {
    @Test func `velocity is open deals by win rate by average deal by cycle`() {
        var sums = PipelineSums()
        sums.won = 3
        sums.lost = 1
        sums.open = 8
        sums.valued = 3
        sums.wonMinorUnits = 300_00
        sums.timed = 3
        sums.cycleSeconds = 3 * 10 * 86_400
        #expect(sums.winRate == 0.75)
        #expect(sums.averageDeal(scale: 100) == 100)
        #expect(sums.cycleDays == 10)
        #expect(sums.velocity(scale: 100) == 60)
        #expect(sums.opportunities == 12)
    }

    @Test func `without a deal every figure is nought`() {
        let none = PipelineSums()
        #expect(none.winRate == 0)
        #expect(none.averageDeal(scale: 100) == 0)
        #expect(none.cycleDays == 0)
        #expect(none.velocity(scale: 100) == 0)
    }

    @Test func `a won deal of unknown value or opening does not lower the means`() {
        var sums = PipelineSums()
        sums.won = 2
        sums.valued = 1
        sums.wonMinorUnits = 50_00
        sums.timed = 1
        sums.cycleSeconds = 86_400
        sums.cycleMicroseconds = 500_000
        #expect(sums.averageDeal(scale: 100) == 50)
        #expect(sums.cycleDays == 86_400.5 / 86_400)
    }
}
