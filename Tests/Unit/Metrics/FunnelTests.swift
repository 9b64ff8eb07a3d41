import MetricsDomain
import Testing

@Suite struct FunnelTests {
    private let day: Int64 = 86_400_000_000

    @Test func `quantiles interpolate as numpy does`() throws {
        // numpy.percentile([1, 2, 4, 8, 16], [25, 50, 75, 90]) and pandas agree.
        let summary = try #require(DurationSummary([16, 1, 8, 2, 4]))
        #expect(summary.p25 == 2)
        #expect(summary.median == 4)
        #expect(summary.p75 == 8)
        #expect(abs(summary.p90 - 12.8) < 1e-12)
        #expect(summary.mean == 6.2)
        // Two values: the median lies between them.
        #expect(DurationSummary([1, 2])?.median == 1.5)
        #expect(DurationSummary([7])?.p90 == 7)
        #expect(DurationSummary([]) == nil)
    }

    @Test func `a conversion counts whoever reached both ends, also in the wrong order`() throws {
        var slice = FunnelSlice()
        slice.add(path([.inquiry: 0, .mql: 0, .customer: 10]))
        slice.add(path([.inquiry: 5, .mql: 5, .customer: 3]))
        slice.add(path([.inquiry: 1, .mql: 2]))
        let won = try #require(slice.conversions().first { $0.pair == StagePair(.mql, .customer) })
        #expect(won.base == 3)
        #expect(won.converted == 2)
        #expect(won.rate == 2.0 / 3)
        #expect(won.days?.median == 4)
        #expect(slice.leads == 3)
    }

    @Test func `a lead leaks from where it stopped and is no more`() {
        var slice = FunnelSlice()
        slice.add(path([.inquiry: 0, .mql: 1, .nurture: 2], current: .nurture))
        slice.add(path([.inquiry: 0, .mql: 1], current: .mql))
        slice.add(path([.inquiry: 0, .mql: 1, .opportunity: 2, .customer: 3, .lost: 4], current: .lost))
        #expect(slice.leaked(.mql) == 1)
        #expect(slice.leaked(.inquiry) == 0)
        #expect(slice.leaked(.opportunity) == 0)
        #expect(slice.leaked(.customer) == 0)
    }

    @Test func `rows go by leads, then by value, and the total is their sum`() {
        var tally = FunnelTally()
        for value in ["b", "a", "", "c", "c"] { tally.add(path([.inquiry: 0]), value: value) }
        #expect(tally.rows.map(\.value) == ["c", "", "a", "b"])
        #expect(tally.total.entered(.inquiry) == 5)
    }

    @Test func `neighbours and the agreed spans are shown`() {
        #expect(StagePair.shown.count == 10)
        #expect(StagePair.shown.prefix(6).map(\.to) == [.engaged, .mql, .sal, .sql, .opportunity, .customer])
    }

    private func path(_ days: [DemandState: Int64], current: DemandState? = nil) -> LeadPath {
        var path = LeadPath()
        for (state, at) in days { path[state] = at * day }
        path.current = current
        return path
    }
}
