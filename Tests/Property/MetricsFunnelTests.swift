import Kernel
import MetricsDomain
import Testing

/// Laws of the funnel, for any leads.
@Suite struct MetricsFunnelTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `no conversion exceeds its ends and splits add up to the whole`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var split = FunnelTally()
        var whole = FunnelTally()
        for _ in 0..<200 {
            let path = path(&random)
            split.add(path, value: ["a", "b", ""].randomElement(using: &random) ?? "")
            whole.add(path, value: "")
        }
        let total = split.total
        for state in DemandState.allCases {
            #expect(total.entered(state) == whole.total.entered(state), "seed \(seed)")
            #expect(total.leaked(state) <= total.entered(state), "seed \(seed)")
        }
        for (left, right) in zip(total.conversions(), whole.total.conversions()) {
            #expect(left.converted <= min(left.base, total.entered(left.pair.to)), "seed \(seed)")
            #expect(left.days?.median == right.days?.median, "seed \(seed)")
            #expect(left.converted == right.converted, "seed \(seed)")
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `quantiles lie in order between the least and the greatest`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let values = (0..<Int.random(in: 1...100, using: &random)).map { _ in
            Double.random(in: -1_000...1_000, using: &random)
        }
        let summary = try #require(DurationSummary(values))
        let ordered = [values.min() ?? 0, summary.p25, summary.median, summary.p75, summary.p90, values.max() ?? 0]
        #expect(ordered == ordered.sorted(), "seed \(seed)")
    }

    private func path(_ random: inout SeededRandom) -> LeadPath {
        var path = LeadPath()
        for state in DemandState.allCases where Bool.random(using: &random) {
            path[state] = Int64.random(in: 0..<1_000_000_000_000, using: &random)
            path.current = state
        }
        return path
    }
}
