import MetricsDomain
import Testing

@Suite struct AttributionTests {
    /// The paths and totals of DP6's `tests/test_mam.py` (Apache-2.0), re-derived.
    @Test(arguments: [
        (AttributionModel.first, [9.0, 9, 9]), (.last, [15, 6, 6]), (.linear, [10.5, 9, 7.5]),
    ])
    func `the heuristics give the totals of DP6`(model: AttributionModel, expected: [Double]) {
        var tally = AttributionTally(model)
        for path in ["A", "AB", "ABC", "B", "BA", "BCA", "C", "CA", "CBA"] {
            for _ in 0..<3 { tally.add(AttributedDeal(value: 100, path: path.map(String.init))) }
        }
        let credit = Dictionary(uniqueKeysWithValues: tally.rows.map { ($0.value, Double($0.credit.minorUnits) / 100) })
        #expect(["A", "B", "C"].map { credit[$0] } == expected)
        #expect(tally.total == 2_700)
        #expect(tally.unattributed == 0)
    }

    @Test func `what does not divide goes to the earlier touches`() {
        #expect(AttributionModel.linear.credits(of: 101, touches: 3) == [34, 34, 33])
        #expect(AttributionModel.linear.credits(of: 2, touches: 3) == [1, 1, 0])
        #expect(AttributionModel.first.credits(of: 7, touches: 3) == [7, 0, 0])
        #expect(AttributionModel.last.credits(of: 7, touches: 3) == [0, 0, 7])
    }

    @Test func `by position the ends have their weights and the middle shares its own`() {
        let standard = AttributionModel.position(.standard)
        #expect(standard.credits(of: 1_000, touches: 5) == [400, 67, 67, 66, 400])
        #expect(standard.credits(of: 1_000, touches: 3) == [400, 200, 400])
        #expect(standard.credits(of: 101, touches: 2) == [51, 50])
        #expect(standard.credits(of: 7, touches: 1) == [7])
        let agreed = AttributionModel.position(PositionWeights(first: 0, middle: 1, last: 0))
        #expect(agreed.credits(of: 9, touches: 4) == [0, 5, 4, 0])
        #expect(agreed.credits(of: 9, touches: 2) == [5, 4])
        #expect(AttributionModel.all(agreed: agreed) == [.first, .last, .linear, agreed])
    }

    @Test func `a deal without a touch is unattributed and stays in the total`() {
        var tally = AttributionTally(.linear)
        tally.add(AttributedDeal(value: 500, path: []))
        tally.add(AttributedDeal(value: 300, path: ["email", "email"]))
        #expect(tally.total == 800)
        #expect(tally.unattributed == 500)
        #expect(tally.rows.map(\.value) == ["email"])
        #expect(tally.rows.first?.credit == .init(minorUnits: 300, deals: 1))
    }

    @Test func `a touch has its part in a deal that is worth nothing`() {
        var first = AttributionTally(.first)
        first.add(AttributedDeal(value: 0, path: ["ads", "email"]))
        #expect(first.rows.map(\.value) == ["ads"])
        #expect(first.rows.first?.credit.deals == 1)
    }
}
