import AccordTesting
import Contracts
import Kernel
import MetricsService
import SwiftProtobuf
import Testing

/// Events of different services come in no common order: reports must not show which came first.
@Suite struct OrderTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `whatever order services are heard in, every report is the same`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let (events, deals, touches) = RandomStory.make(leads: 25, &random)
        var first: [String]?
        for round in 0..<4 {
            let fixture = try Story.fixture()
            let client = WireMetricsServiceClient(fixture.transport)
            let record = Int.random(in: 0...events.count, using: &random)
            for (index, event) in RandomStory.interleave(events, &random).enumerated() {
                if index == record { try await self.record(deals, touches, client) }
                try await fixture.deliver(event)
            }
            if record == events.count { try await self.record(deals, touches, client) }
            let reports = try await self.reports(client)
            if let first {
                #expect(
                    reports == first, "round \(round) of seed \(seed) differs: replay with SeededRandom(seed: \(seed))")
            }
            first = first ?? reports
        }
    }

    private func record(
        _ deals: [WireOpportunity], _ touches: [WireTouch], _ client: WireMetricsServiceClient
    ) async throws {
        _ = try await client.recordOpportunities(.with { $0.opportunities = deals })
        _ = try await client.recordTouches(.with { $0.touches = touches })
    }

    private func reports(_ client: WireMetricsServiceClient) async throws -> [String] {
        var reports: [String] = []
        for split in ["", "source", "rep", "team", "agreement_version"] {
            reports.append(try await client.getFunnel(.with { $0.splitBy = split }).jsonString())
        }
        let window = WirePeriod.with {
            $0.from = Story.at(day: 5).wire
            $0.to = Story.at(day: 15).wire
        }
        for basis in [WireBasis.period, .cohort] {
            reports.append(
                try await client.getFunnel(
                    .with {
                        $0.period = window
                        $0.basis = basis
                    }
                ).jsonString())
        }
        reports.append(try await client.getAttribution(.init()).jsonString())
        reports.append(try await client.getPipeline(.with { $0.splitBy = "rep" }).jsonString())
        reports.append(try await client.getServiceLevels(.with { $0.splitBy = "segment" }).jsonString())
        for lead in 0..<25 {
            reports.append(try await client.getJourney(.with { $0.leadID = "lead-\(lead)" }).jsonString())
        }
        return reports
    }
}

/// Lives of leads made up from a seed.
enum RandomStory {
    static func make(
        leads: Int, _ random: inout SeededRandom
    ) -> (events: [WireEvent], deals: [WireOpportunity], touches: [WireTouch]) {
        var story = Story()
        var deals: [WireOpportunity] = []
        var touches: [WireTouch] = []
        for number in 0..<leads {
            let id = "lead-\(number)"
            let day = Double.random(in: 0..<20, using: &random).rounded()
            let lead = Story.facts(
                id, source: ["web", "fair", ""].randomElement(using: &random) ?? "",
                segment: ["smb", "mid"].randomElement(using: &random) ?? "", day: day)
            arrive(lead, day: day, &story, &random)
            guard Int.random(in: 0..<4, using: &random) > 0 else { continue }
            hand(lead, day: day + 1, &story, &random)
            if Bool.random(using: &random) {
                deals.append(
                    .with {
                        $0.opportunityID = "deal-\(number)"
                        $0.leadID = id
                        $0.outcome = Bool.random(using: &random) ? .won : .lost
                        $0.amount =
                            Money(minorUnits: Int64.random(in: 0..<10_000, using: &random), currency: "EUR").wire
                        $0.openedAt = Story.at(day: day + 4).wire
                        $0.closedAt = Story.at(day: day + 9).wire
                    })
                touches.append(
                    .with {
                        // The id of an engagement that Scoring tells of, too.
                        $0.touchID = "\(id)-e0"
                        $0.leadID = id
                        $0.channel = "recorded"
                        $0.occurredAt = Story.at(day: day).wire
                    })
            }
        }
        return (story.events, deals, touches)
    }

    private static func arrive(
        _ lead: WireLeadFacts, day: Double, _ story: inout Story, _ random: inout SeededRandom
    ) {
        var total = 0.0
        for step in 0..<Int.random(in: 1...3, using: &random) {
            var now = lead
            now.tier = ["A", "B"].randomElement(using: &random) ?? ""
            let next = Double(Int.random(in: 0..<100, using: &random))
            let engagement = Story.engagement(
                "\(lead.leadID)-e\(step)", lead: lead.leadID,
                channel: ["email", "ads"].randomElement(using: &random) ?? "", day: day + Double(step) / 4)
            story.score(now, day: day + Double(step) / 4, from: total, to: next, engagements: [engagement])
            total = next
        }
        if total > 30 {
            story.tell("scoring", .leadQualified(.with { $0.lead = lead }), lead: lead.leadID, day: day + 0.75)
        }
    }

    private static func hand(_ lead: WireLeadFacts, day: Double, _ story: inout Story, _ random: inout SeededRandom) {
        let id = lead.leadID
        var stale = lead
        stale.tier = "stale"
        let first = Story.handoff(stale, rep: "r1")
        let second = Story.handoff(stale, rep: "r2")
        let timer = { Story.timer("\(id)-t", lead: id, rep: "r1", day: day, $0) }
        story.tell("routing", .handoffAssigned(.with { $0.handoff = first }), lead: id, day: day)
        story.tell("sla", .timerArmed(.with { $0.timer = timer(.armed) }), lead: id, day: day)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            story.tell("sla", .timerBreached(.with { $0.timer = timer(.breached) }), lead: id, day: day + 1)
            story.tell(
                "routing",
                .handoffAssigned(
                    .with {
                        $0.handoff = second
                        $0.previousRepID = "r1"
                    }), lead: id, day: day + 1)
        case 1:
            story.tell("sla", .timerBreached(.with { $0.timer = timer(.breached) }), lead: id, day: day + 1)
            story.tell("routing", .handoffAccepted(.with { $0.handoff = first }), lead: id, day: day + 0.5)
            story.tell("sla", .timerMet(.with { $0.timer = timer(.met) }), lead: id, day: day + 0.5)
        case 2:
            story.tell(
                "routing",
                .handoffRejected(
                    .with {
                        $0.handoff = first
                        $0.then = "close"
                    }), lead: id, day: day + 0.5)
            story.tell("sla", .timerCancelled(.with { $0.timer = timer(.cancelled) }), lead: id, day: day + 0.5)
        default:
            story.tell("routing", .handoffAccepted(.with { $0.handoff = first }), lead: id, day: day + 0.5)
            story.tell("routing", .handoffQualified(.with { $0.handoff = first }), lead: id, day: day + 0.5)
            story.tell("sla", .timerMet(.with { $0.timer = timer(.met) }), lead: id, day: day + 0.5)
        }
    }

    /// Shuffles the streams of the services and of the leads into each other; each keeps its own order.
    static func interleave(_ events: [WireEvent], _ random: inout SeededRandom) -> [WireEvent] {
        var streams = Dictionary(grouping: events) { "\($0.source) \($0.key)" }
            .sorted { $0.key < $1.key }.map { $0.value[...] }
        var mixed: [WireEvent] = []
        while !streams.isEmpty {
            let index = Int.random(in: streams.indices, using: &random)
            if let event = streams[index].popFirst() { mixed.append(event) }
            if streams[index].isEmpty { streams.remove(at: index) }
        }
        return mixed
    }
}
