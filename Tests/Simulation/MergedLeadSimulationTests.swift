import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Kernel
import Platform
import SwiftProtobuf
import Testing

/// Leads that are merged and told apart, through all five services.
@Suite struct MergedLeadSimulationTests {
    private static let start = Instant(seconds: 1_780_000_000)

    private static let agreement = """
        name: Merging
        scoring:
          fit:
            - {id: size, points: 80, when: {field: company.employees, op: gte, value: 100}}
          engagement:
            - {id: visit, event: page_view, points: 10, cap: 60}
          qualification: {threshold: 45}
        routing:
          fallback_pool: everyone
        sla:
          calendars:
            - {id: always, zone: UTC, hours: [{days: [mon, tue, wed, thu, fri, sat, sun], intervals: ["00:00-24:00"]}]}
          timers:
            - {id: accept, duration: 8h, calendar: always, stops_on: [accepted, rejected]}
        """

    /// Plays one history: `ann` and `ann-2` qualify, each has a rep, and `ann-2`'s accepts; with or without a merge.
    private func play(
        merging: Bool, splitting: Bool, _ check: (InProcessSuite) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let suite = try InProcessSuite(folder: folder.url.path, start: Self.start)
        try await arrive(suite)
        if merging {
            _ = try await suite.clients.scoring.mergeLeads(
                .with {
                    $0.leadID = "ann"
                    $0.mergedIds = ["ann-2"]
                    $0.mergedBy = "rita"
                })
            try await suite.settle()
        }
        try await goOn(suite)
        if splitting {
            _ = try await suite.clients.scoring.splitLeads(
                .with {
                    $0.leadIds = ["ann-2"]
                    $0.splitBy = "rita"
                })
            try await suite.settle()
        }
        try await check(suite)
        try await suite.close()
    }

    private func arrive(_ suite: InProcessSuite) async throws {
        let clients = suite.clients
        try await DemoDriver.agree(on: Self.agreement, clients)
        try await suite.settle()
        _ = try await clients.routing.upsertReps(
            .with { $0.reps = ["rob", "sue"].map { rep in .with { $0.repID = rep } } })
        _ = try await clients.routing.upsertPools(
            .with {
                $0.pools = [
                    .with {
                        $0.poolID = "everyone"
                        $0.members = ["rob", "sue"].map { rep in .with { $0.repID = rep } }
                    }
                ]
            })
        for id in ["ann", "ann-2"] {
            _ = try await clients.scoring.upsertLeads(
                .with {
                    $0.leads = [
                        .with {
                            $0.leadID = id
                            $0.source = id == "ann" ? "webinar" : "fair"
                            $0.company.employees = 500
                        }
                    ]
                    $0.engagements = [visit("\(id)-1", id, suite)]
                })
            try await suite.settle()
            suite.clock.advance(by: .hours(1))
        }
        let second = try await clients.routing.getHandoff(.with { $0.leadID = "ann-2" }).handoff
        _ = try await clients.routing.acceptHandoff(.with { $0.handoffID = second.handoffID })
        try await suite.settle()
        suite.clock.advance(by: .hours(1))
    }

    /// Both ids go on being used.
    private func goOn(_ suite: InProcessSuite) async throws {
        let clients = suite.clients
        suite.clock.advance(by: .hours(1))
        _ = try await clients.scoring.recordEngagements(
            .with { $0.engagements = [visit("late", "ann-2", suite), visit("later", "ann", suite)] })
        _ = try await clients.metrics.recordOpportunities(
            .with {
                $0.opportunities = [
                    .with {
                        $0.opportunityID = "deal"
                        $0.leadID = "ann-2"
                        $0.outcome = .won
                        $0.amount = Money(minorUnits: 100_000, currency: "USD").wire
                        $0.openedAt = suite.clock.now().wire
                        $0.closedAt = suite.clock.now().wire
                    }
                ]
            })
        try await suite.settle()
    }

    private func visit(_ engagementID: String, _ leadID: String, _ suite: InProcessSuite) -> WireEngagement {
        .with {
            $0.engagementID = engagementID
            $0.leadID = leadID
            $0.kind = "page_view"
            $0.channel = leadID
            $0.occurredAt = suite.clock.now().wire
        }
    }

    /// The reports that do not tell of the acts of Routing itself.
    private func reports(_ clients: SuiteClients) async throws -> [String] {
        [
            try await clients.metrics.getFunnel(.with { $0.splitBy = "source" }).jsonString(),
            try await clients.metrics.getFunnel(.with { $0.basis = .cohort }).jsonString(),
            try await clients.metrics.getAttribution(.init()).jsonString(),
            try await clients.metrics.getPipeline(.with { $0.splitBy = "source" }).jsonString(),
            try await clients.metrics.listLeadOutcomes(.init()).jsonString(),
        ]
    }

    @Test func `a merged lead is one lead in every service, by any of its ids`() async throws {
        try await play(merging: true, splitting: false) { suite in
            let clients = suite.clients
            let handoffs = try await clients.routing.listHandoffs(.with { $0.leadID = "ann" }).handoffs
            #expect(handoffs.map(\.state) == [.closed, .accepted])
            #expect(handoffs.map(\.leadID) == ["ann", "ann"])
            for id in ["ann", "ann-2"] {
                #expect(try await clients.scoring.getLead(.with { $0.leadID = id }).lead.engagementCount == 4)
                #expect(try await clients.routing.getHandoff(.with { $0.leadID = id }).handoff.repID == "sue")
                let timers = try await clients.sla.listTimers(.with { $0.leadID = id }).timers
                #expect(timers.map(\.state) == [.cancelled, .met])
                let journey = try await clients.metrics.getJourney(.with { $0.leadID = id })
                #expect(journey.leadID == "ann")
                #expect(journey.formerIds == ["ann-2"])
                #expect(journey.steps.count { $0.title == "Merged with ann-2" } == 1)
                #expect(journey.steps.count { $0.kind == "engagement" } == 4)
            }
            let loads = try await clients.routing.listReps(.init()).reps
            #expect(loads.map { [$0.rep.repID, "\($0.openHandoffs)"] } == [["rob", "0"], ["sue", "1"]])
            let funnel = try await clients.metrics.getFunnel(.init()).total
            let counts = Dictionary(uniqueKeysWithValues: funnel.stages.map { ($0.state, $0.leads) })
            #expect([.inquiry, .engaged, .mql, .sal, .customer].map { counts[$0] } == [1, 1, 1, 1, 1])
            let linear = try await clients.metrics.getAttribution(.with { $0.model = "linear" }).results[0]
            #expect(
                linear.credits.map { [$0.value, "\($0.credit.minorUnits)"] } == [
                    ["ann", "50000"], ["ann-2", "50000"],
                ])
            #expect(try await clients.metrics.listLeadOutcomes(.init()).outcomes.map(\.leadID) == ["ann"])
        }
    }

    @Test func `after a split every report is that of leads that were never merged, and each rep has theirs again`()
        async throws
    {
        var apart: [String] = []
        try await play(merging: false, splitting: false) { apart = try await reports($0.clients) }
        try await play(merging: true, splitting: true) { suite in
            let clients = suite.clients
            let split = try await reports(clients)
            for (one, other) in zip(split, apart) { #expect(one == other) }
            for (id, rep) in [("ann", "rob"), ("ann-2", "sue")] {
                let handoff = try await clients.routing.getHandoff(.with { $0.leadID = id }).handoff
                #expect(handoff.repID == rep)
                #expect(handoff.leadID == id)
                #expect(
                    try await clients.sla.listTimers(.with { $0.leadID = id }).timers.allSatisfy { $0.leadID == id })
            }
            let timers = try await clients.sla.listTimers(.with { $0.leadID = "ann" }).timers
            #expect(timers.map(\.state) == [.cancelled, .armed])
            let loads = try await clients.routing.listReps(.init()).reps
            #expect(loads.map { [$0.rep.repID, "\($0.openHandoffs)"] } == [["rob", "1"], ["sue", "1"]])
            for name in ["ann", "ann-2"] {
                let titles = try await clients.metrics.getJourney(.with { $0.leadID = name }).steps.map(\.title)
                #expect(titles.contains(name == "ann" ? "Split off ann-2" : "Split from ann"))
            }
        }
    }
}
