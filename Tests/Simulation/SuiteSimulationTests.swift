import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import SwiftProtobuf
import Testing

/// A quarter of the demo company in one process under a manual clock.
@Suite struct SuiteSimulationTests {
    static let seed = TestSeed.value(default: 7)
    static let leads = ProcessInfo.processInfo.environment["ACCORD_LEADS"].flatMap(Int.init) ?? 400

    private func play<Value>(
        _ seed: UInt64, desk: SalesDesk? = nil, _ body: (InProcessSuite) async throws -> Value
    ) async throws -> Value {
        let settings = DemoSettings(seed: seed, leads: Self.leads)
        let folder = try TemporaryFolder()
        let suite = try InProcessSuite(
            folder: folder.url.path, start: Instant(seconds: settings.start.seconds - 3_600), seed: seed,
            desk: desk)
        try await DemoDriver.agree(on: DemoAgreement.text, suite.clients)
        try await suite.settle()
        _ = try await DemoDriver(settings, clients: suite.clients, time: suite.time, desk: desk).play()
        let value = try await body(suite)
        try await suite.close()
        return value
    }

    @Test func theSameSeedGivesTheSameReportsByteForByte() async throws {
        print("simulation: ACCORD_SEED=\(Self.seed) ACCORD_LEADS=\(Self.leads)")
        var bytes: [[UInt8]] = []
        for _ in 0..<2 {
            bytes.append(
                try await play(Self.seed) { suite in
                    let reports = try await Replay.reports(suite.clients, splitBy: "source")
                    let journey = try await suite.clients.metrics.getJourney(.with { $0.leadID = "lead-000001" })
                    return try reports.funnel.serializedBytes() + reports.attribution.serializedBytes()
                        + reports.pipeline.serializedBytes() + reports.serviceLevels.serializedBytes()
                        + journey.serializedBytes()
                })
        }
        #expect(bytes[0] == bytes[1])
        let other = try await play(Self.seed &+ 1) { suite in
            try await Replay.reports(suite.clients, splitBy: "source").funnel.serializedBytes() as [UInt8]
        }
        #expect(!bytes[0].starts(with: other))
    }

    @Test func `salespeople hear what they would read, and Routing keeps no event for them`() async throws {
        var handoffs: [[WireHandoff]] = []
        for desk in [nil, SalesDesk()] {
            try await play(Self.seed, desk: desk) { suite in
                handoffs.append(
                    try await suite.clients.routing.listHandoffs(.with { $0.page.pageSize = 1_000 }).handoffs)
                let kept = try await suite.clients.events(of: .routing).tailEvents(.init()).events.count
                #expect((kept == 0) == (desk != nil))
            }
        }
        #expect(handoffs[0].contains { $0.state == .qualified })
        #expect(handoffs[0] == handoffs[1])
    }

    @Test func everyServiceTellsTheSameStory() async throws {
        try await play(Self.seed) { suite in
            let clients = suite.clients
            let leads = try await clients.scoring.listLeads(.with { $0.page.pageSize = 1_000 }).leads
            #expect(leads.count == Self.leads)
            let qualified = Set(leads.filter { $0.state == .mql }.map(\.lead.leadID))
            let handoffs = try await clients.routing.listHandoffs(.with { $0.page.pageSize = 1_000 }).handoffs
            #expect(Set(handoffs.map(\.leadID)) == qualified)
            let open: Set<WireHandoffState> = [.waiting, .assigned, .accepted, .touched]
            let openLeads = handoffs.filter { open.contains($0.state) }.map(\.leadID)
            #expect(Set(openLeads).count == openLeads.count)

            let funnel = try await clients.metrics.getFunnel(.init()).total
            let counts = Dictionary(funnel.stages.map { ($0.state, $0.leads) }, uniquingKeysWith: { first, _ in first })
            #expect(counts[.inquiry] == Int64(Self.leads))
            #expect(counts[.mql] == Int64(qualified.count))
            #expect(counts[.sal] == Int64(Set(handoffs.filter(\.hasAcceptedAt).map(\.leadID)).count))
            #expect(counts[.sql] == Int64(Set(handoffs.filter(\.hasQualifiedAt).map(\.leadID)).count))

            let timers = try await clients.sla.listTimers(.with { $0.page.pageSize = 1_000 }).timers
            #expect(Set(timers.map(\.handoffID)).isSubset(of: Set(handoffs.map(\.handoffID))))
            for timer in timers where timer.state == .breached { #expect(timer.endedAt == timer.dueAt) }
            for lead in leads.prefix(50) {
                let explained = try await clients.scoring.explainScore(.with { $0.leadID = lead.lead.leadID })
                #expect(explained.ledger.reduce(0) { $0 + $1.shown } == explained.score.shown)
                let sum = explained.ledger.reduce(0.0) { $0 + $1.points }
                #expect(abs(sum - explained.score.total) < 1e-9)
            }
        }
    }
}
