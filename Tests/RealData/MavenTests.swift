import AccordSuite
import Contracts
import Testing

/// The figures of the Maven CRM file, as computed with pandas and DuckDB.
@Suite(.enabled(if: RealData.folder != nil, RealData.comment)) struct MavenTests {
    struct Figures: Sendable {
        var opportunities: Int64
        var won: Int64
        var lost: Int64
        var open: Int64
        var winRate: Double
        var averageDeal: Double
        var cycle: Double
        var velocity: Double
    }

    static let byOffice: [String: Figures] = [
        "Central": Figures(
            opportunities: 3512, won: 1629, lost: 975, open: 908, winRate: 0.625576, averageDeal: 2054.20,
            cycle: 52.5599, velocity: 22200.1),
        "East": Figures(
            opportunities: 2291, won: 1171, lost: 687, open: 433, winRate: 0.630248, averageDeal: 2639.28,
            cycle: 50.6354, velocity: 14224.3),
        "West": Figures(
            opportunities: 2997, won: 1438, lost: 811, open: 748, winRate: 0.639395, averageDeal: 2481.67,
            cycle: 51.8345, velocity: 22898.0),
    ]

    @Test func thePipelineHasTheComputedFigures() async throws {
        let replay = try Replay(plan: RealData.plan("maven"), data: RealData.path("maven_crm"), store: nil)
        let pipeline = try await replay.run(splitBy: "office").pipeline
        let total = pipeline.total
        #expect(total.opportunities == 8_800 && total.won == 4_238 && total.lost == 2_473 && total.open == 2_089)
        #expect(total.wonValue.minorUnits == 1_000_553_400)
        #expect(total.openListValue.minorUnits == 496_621_500)
        #expect(RealData.agrees(total.winRate, 0.631501))
        #expect(RealData.agrees(total.averageDeal, 2_360.909391))
        #expect(RealData.agrees(total.cycleDays, 51.781973))
        #expect(RealData.agrees(total.velocity, 60_146.849302))

        #expect(Set(pipeline.rows.map(\.value)) == Set(Self.byOffice.keys))
        for row in pipeline.rows {
            let expected = try #require(Self.byOffice[row.value])
            #expect(row.opportunities == expected.opportunities && row.won == expected.won, "\(row.value)")
            #expect(row.lost == expected.lost && row.open == expected.open, "\(row.value)")
            #expect(RealData.agrees(row.winRate, expected.winRate), "\(row.value): \(row.winRate)")
            #expect(RealData.agrees(row.averageDeal, expected.averageDeal), "\(row.value): \(row.averageDeal)")
            #expect(RealData.agrees(row.cycleDays, expected.cycle), "\(row.value): \(row.cycleDays)")
            #expect(RealData.agrees(row.velocity, expected.velocity), "\(row.value): \(row.velocity)")
        }
    }
}
