import AccordSuite
import Contracts
import SwiftProtobuf
import Testing

/// What wins among the Maven CRM file's deals. Every p-value and interval was computed with scipy too
/// (`fisher_exact`, `binomtest`, `mannwhitneyu`, `false_discovery_control`) and agreed to 1e-14.
@Suite(.enabled(if: RealData.folder != nil, RealData.comment)) struct MavenDiscoveryTests {
    /// No property of the companies, the products or the offices makes a deal more likely to be won; series differ in
    /// what they bring, and that is told.
    @Test func discoveryTellsWhatIsThereAndNothingOfShuffledOutcomes() async throws {
        let replay = try Replay(plan: RealData.plan("maven"), data: RealData.path("maven_crm"), store: nil)
        let answer = try await replay.withSuite { suite in
            try await suite.clients.icp.discoverIcp(
                .with {
                    $0.fields = [
                        "company.industry", "company.employees", "company.annual_revenue", "company.country",
                        "deal.series", "deal.office",
                    ]
                    $0.others = 1_000
                    $0.shuffles = 100
                    $0.seed = 1
                })
        }
        #expect(answer.deals.closed == 6_711 && answer.deals.used == 6_711 && answer.deals.won == 4_238)
        #expect(answer.deals.accounts == 85 && answer.deals.leftOut.isEmpty)
        #expect(answer.singlesTested == 28 && answer.pairsTested == 166)
        #expect(answer.segments.count == 194 && answer.segments.allSatisfy { $0.verdict == "unproven" })
        #expect(answer.document.isEmpty && !answer.hasSection)
        #expect(answer.shuffles.proposing <= 5, "seed 1: \(answer.shuffles.proposing) of 100")

        let singles = answer.segments.filter { !$0.description_p.contains(" and ") }
        let best = try #require(singles.first)
        #expect(best.description_p == "company.annual_revenue from 1700000000 to under 3000000000")
        #expect(agrees(best.pValue, 0.0068183017359654) && agrees(best.adjustedPValue, 0.19091244860703122))
        let series = try #require(singles.first { $0.description_p == "deal.series is GTK" })
        #expect(series.value.median == 25_897 && series.value.restMedian == 1_114 && series.value.superiority == 1)
        #expect(agrees(series.value.pValue, 2.1492848147961313e-11))
        #expect(agrees(series.winRateLow, 0.40739457358966996) && agrees(series.winRateHigh, 0.7659669762225203))
    }

    private func agrees(_ found: Double, _ expected: Double) -> Bool {
        abs(found / expected - 1) < 1e-9
    }
}
