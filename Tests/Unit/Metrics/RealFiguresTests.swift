import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import MetricsService
import Storage
import SwiftProtobuf
import Testing

private let realData = ProcessInfo.processInfo.environment["ACCORD_REAL_DATA"]

/// The published figures of real data come out of the reports. The data is not ours to copy: its folder is named by
/// `ACCORD_REAL_DATA`, and these tests are skipped without it.
@Suite(.enabled(if: realData != nil, "ACCORD_REAL_DATA does not name the folder of the real data"))
struct RealFiguresTests {
    @Test func `Olist has its funnel`() async throws {
        let fixture = try Story.fixture()
        let leads = try rows("olist/olist_marketing_qualified_leads_dataset.csv")
        let events = try leads.map { row in
            let at = try #require(Instant(text: row["first_contact_date"] ?? ""))
            return (
                at,
                WireLeadFacts.with {
                    $0.leadID = row["mql_id"] ?? ""
                    $0.source = row["origin"] ?? ""
                    $0.createdAt = at.wire
                }
            )
        }
        try await fixture.store.write { [assembly = fixture.assembly] transaction in
            for (index, (at, lead)) in events.enumerated() {
                let payloads: [WireEvent.OneOf_Payload] = [
                    .leadScored(.with { $0.lead = lead }), .leadQualified(.with { $0.lead = lead }),
                ]
                for payload in payloads {
                    let event = WireEvent.with {
                        $0.eventID = "\(payload.kind) \(index)"
                        $0.key = lead.leadID
                        $0.occurredAt = at.wire
                        $0.payload = payload
                    }
                    for consumer in assembly.consumers where consumer.kind == payload.kind {
                        try consumer.apply(event, in: transaction)
                    }
                }
            }
        }
        let client = WireMetricsServiceClient(fixture.transport)
        let deals = try rows("olist/olist_closed_deals_dataset.csv").map { row in
            let at = try #require(Instant(text: row["won_date"] ?? ""))
            return WireOpportunity.with {
                $0.opportunityID = row["mql_id"] ?? ""
                $0.leadID = row["mql_id"] ?? ""
                $0.outcome = .won
                $0.closedAt = at.wire
            }
        }
        _ = try await client.recordOpportunities(.with { $0.opportunities = deals })
        let clock = ContinuousClock()
        let before = clock.now
        let funnel = try await client.getFunnel(.with { $0.splitBy = "source" })
        print("funnel of \(events.count) leads by source: \(clock.now - before)")
        let total = try #require(toCustomer(funnel.total))
        #expect(total.base == 8_000)
        #expect(total.converted == 842)
        #expect(six(total.rate) == "0.10525")
        #expect(six(total.days.median) == "14.6507")
        #expect(six(total.days.mean) == "49.1008")
        #expect(six(total.days.p25) == "5.8568")
        #expect(six(total.days.p75) == "54.991")
        #expect(six(total.days.p90) == "162.589")
        let expected = """
            organic_search 2296 271 0.118031 14.9094 50.6611
            paid_search 1586 195 0.122951 15.6746 57.2743
            social 1350 75 0.0555556 30.5564 61.6191
            unknown 1099 179 0.162875 11.8273 41.9429
            direct_traffic 499 56 0.112224 10.5762 31.7677
            email 493 15 0.030426 21.125 52.7732
            referral 284 24 0.084507 19.3708 33.243
            other 150 4 0.0266667 9.55736 15.7667
            display 118 6 0.0508475 9.16901 10.9219
            other_publicities 65 3 0.0461538 35.7917 40.0755
             60 14 0.233333 8.08395 49.9098
            """
        let found = try funnel.rows.map { row in
            let won = try #require(toCustomer(row))
            return
                "\(row.value) \(won.base) \(won.converted) \(six(won.rate)) \(six(won.days.median)) \(six(won.days.mean))"
        }
        #expect(found.joined(separator: "\n") == expected)
        #expect(funnel.anomalies.map(\.leadID) == ["b91cf8812365f50ff4bda4bcd6206b05"])
    }

    @Test func `Maven has its pipeline`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        let prices = try Dictionary(
            uniqueKeysWithValues: rows("maven_crm/products.csv").map {
                ($0["product"] ?? "", Int64($0["sales_price"] ?? ""))
            })
        let offices = try Dictionary(
            uniqueKeysWithValues: rows("maven_crm/sales_teams.csv").map {
                ($0["sales_agent"] ?? "", $0["regional_office"] ?? "")
            })
        let deals = try rows("maven_crm/sales_pipeline.csv").map { row in
            let product = row["product"] == "GTXPro" ? "GTX Pro" : row["product"] ?? ""
            return try WireOpportunity.with {
                $0.opportunityID = row["opportunity_id"] ?? ""
                $0.stage = row["deal_stage"] ?? ""
                $0.outcome = $0.stage == "Won" ? .won : $0.stage == "Lost" ? .lost : .open
                if let value = Int64(row["close_value"] ?? "") {
                    $0.amount = Money(minorUnits: value * 100, currency: "USD").wire
                }
                let price = try #require(prices[product] ?? nil)
                $0.listValue = Money(minorUnits: price * 100, currency: "USD").wire
                if let opened = Instant(text: row["engage_date"] ?? "") { $0.openedAt = opened.wire }
                if let closed = Instant(text: row["close_date"] ?? "") { $0.closedAt = closed.wire }
                $0.dimensions = ["office": offices[row["sales_agent"] ?? ""] ?? ""]
            }
        }
        let answer = try await client.recordOpportunities(.with { $0.opportunities = deals })
        #expect(answer.results.allSatisfy { $0.status == .created })
        let pipeline = try await client.getPipeline(.with { $0.splitBy = "office" })
        let total = pipeline.total
        #expect([total.opportunities, total.won, total.lost, total.open] == [8_800, 4_238, 2_473, 2_089])
        #expect(total.wonValue.minorUnits == 1_000_553_400)
        #expect(total.openListValue.minorUnits == 496_621_500)
        #expect(
            [total.winRate, total.averageDeal, total.cycleDays, total.velocity].map(six)
                == ["0.631501", "2360.91", "51.782", "60146.8"])
        #expect(abs(total.velocity - 60_146.849302) < 1e-6)
        let expected = """
            Central 3512 1629 975 908 0.625576 2054.2 52.5599 22200.1
            West 2997 1438 811 748 0.639395 2481.67 51.8345 22898
            East 2291 1171 687 433 0.630248 2639.28 50.6354 14224.3
            """
        let found = pipeline.rows.map { row in
            let counts = [row.opportunities, row.won, row.lost, row.open].map { "\($0)" }
            return ([row.value] + counts + [row.winRate, row.averageDeal, row.cycleDays, row.velocity].map(six))
                .joined(separator: " ")
        }
        #expect(found.joined(separator: "\n") == expected)
    }

    private func toCustomer(_ row: WireFunnelRow) -> WireStageConversion? {
        row.conversions.first { $0.from == .mql && $0.to == .customer }
    }

    private func six(_ value: Double) -> String { String(format: "%.6g", value) }

    private func rows(_ path: String) throws -> [[String: String]] {
        let folder = try #require(realData)
        let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let header = try #require(lines.first)
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }
}
