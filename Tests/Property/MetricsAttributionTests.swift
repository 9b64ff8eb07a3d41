import Kernel
import MetricsDomain
import Testing

/// Laws of attribution, for any path and value.
@Suite struct MetricsAttributionTests {
    @Test(arguments: AttributionModel.allCases, 1...50 as ClosedRange<UInt64>)
    func `credits are whole, not negative and add up to the value`(model: AttributionModel, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let value = Int64.random(in: 0...1_000_000_000_000, using: &random)
        let touches = Int.random(in: 1...40, using: &random)
        let credits = model.credits(of: value, touches: touches)
        #expect(credits.count == touches, "seed \(seed)")
        #expect(credits.reduce(0, +) == value, "seed \(seed)")
        #expect(credits.allSatisfy { $0 >= 0 }, "seed \(seed)")
        if model == .linear { #expect((credits.max() ?? 0) - (credits.min() ?? 0) <= 1, "seed \(seed)") }
    }

    @Test(arguments: AttributionModel.allCases, 1...20 as ClosedRange<UInt64>)
    func `a report's credits and what is unattributed are the won value`(model: AttributionModel, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var tally = AttributionTally(model)
        var won: Int64 = 0
        for _ in 0..<200 {
            let value = Int64.random(in: 0..<100_000, using: &random)
            let path = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                ["email", "ads", "fair", ""].randomElement(using: &random) ?? ""
            }
            won += value
            tally.add(AttributedDeal(value: value, path: path))
        }
        #expect(tally.total == won, "seed \(seed)")
        #expect(tally.rows.reduce(tally.unattributed) { $0 + $1.credit.minorUnits } == won, "seed \(seed)")
    }
}
