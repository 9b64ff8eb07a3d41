import AccordTesting
import Contracts
import Kernel
import SwiftProtobuf

/// All that Metrics reports, but for the entries of the merges themselves.
enum MergeReports {
    static func after(
        _ events: [WireEvent], _ story: MergeStory, _ random: inout SeededRandom
    ) async throws -> [String] {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        let recording = Int.random(in: 0..<events.count, using: &random)
        for (index, event) in RandomStory.interleave(events, &random).enumerated() {
            if index == recording {
                _ = try await client.recordOpportunities(.with { $0.opportunities = story.deals })
                _ = try await client.recordTouches(.with { $0.touches = story.touches })
            }
            try await fixture.deliver(event)
        }
        return try await reports(client)
    }

    private static func reports(_ client: WireMetricsServiceClient) async throws -> [String] {
        var reports: [String] = []
        let window = WirePeriod.with {
            $0.from = Story.at(day: 5).wire
            $0.to = Story.at(day: 15).wire
        }
        for split in ["", "source", "rep", "team", "agreement_version"] {
            for basis in [WireBasis.period, .cohort] {
                for period in [nil, window] {
                    let funnel = try await client.getFunnel(
                        .with {
                            if let period { $0.period = period }
                            $0.basis = basis
                            $0.splitBy = split
                        })
                    reports.append(try funnel.jsonString())
                }
            }
        }
        reports.append(try await client.getAttribution(.init()).jsonString())
        reports.append(try await client.getAttribution(.with { $0.by = "source" }).jsonString())
        reports.append(try await client.getPipeline(.with { $0.splitBy = "rep" }).jsonString())
        reports.append(try await client.getServiceLevels(.with { $0.splitBy = "source" }).jsonString())
        let outcomes = try await client.listLeadOutcomes(.init()).outcomes
        for outcome in outcomes {
            reports.append(try outcome.jsonString())
            let journey = try await client.getJourney(.with { $0.leadID = outcome.leadID })
            reports.append(try journey.lead.jsonString())
            reports += journey.steps.filter { $0.kind != "merge" }.map { "\($0.at.seconds) \($0.title) \($0.owner)" }
        }
        return reports
    }
}
