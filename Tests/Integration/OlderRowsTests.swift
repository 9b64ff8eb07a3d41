import AccordTesting
import Contracts
import Hosting
import ICPDomain
import Kernel
import MetricsService
import Platform
import RPC
import RoutingService
import SLAService
import Storage
import SwiftProtobuf
import Testing

/// Stores with rows, as older programs left them, answer and go on. Those of Scoring are looked at in `OlderStoreTests`,
/// those of ICP beside what they hold.
@Suite struct OlderRowsTests {
    private static let start = Instant(seconds: 1_772_323_200)
    private static let lead = WireLeadFacts.with {
        $0.leadID = "l-1"
        $0.source = "webinar"
        $0.createdAt = start.wire
    }

    private static func agreement() throws -> WireAgreementVersion {
        let text = """
            name: Older
            routing:
              fallback_pool: everyone
              rejection_reasons: [{code: no_budget, description: No money, then: nurture}]
            sla:
              timers: [{id: accept, duration: 4h, time: wall, stops_on: [accepted, rejected], on_breach: [notify_rep]}]

            """
        return try .with {
            $0.version = 1
            $0.state = .active
            $0.effectiveAt = start.adding(.days(-9)).wire
            $0.agreement = try WireAgreement(jsonString: Agreement.read(text).tree.canonicalJSON)
        }
    }

    private func open(
        _ service: any AccordService.Type, migrations: Int, at now: Instant,
        _ fill: @escaping @Sendable (StoreTransaction) throws -> Void
    ) async throws -> ServiceFixture {
        let folder = try await SchemaHistory.folder(service, migrations: migrations, fill: fill)
        return try ServiceFixture(service, start: now, agreements: [Self.agreement()], folder: folder)
    }

    @Test(arguments: 2...RoutingService.migrations.count)
    func `a handoff of an older store is read and accepted`(migrations: Int) async throws {
        let start = Self.start
        let fixture = try await open(RoutingService.self, migrations: migrations, at: start.adding(.hours(1))) {
            transaction in
            let rep = WireRep.with {
                $0.repID = "ana"
                $0.name = "Ana"
            }
            try transaction.database.run(
                "INSERT INTO rep (rep_id, active, team, open_handoffs, assigned_in_all, profile) VALUES ('ana', 1, '', 1, 1, ?)",
                [.blob(try rep.serializedBytes())])
            try transaction.database.run(
                "INSERT INTO pool (pool_id, name, credits) VALUES ('everyone', 'Everyone', x'0000000000000000')", [])
            try transaction.database.run(
                "INSERT INTO pool_member (pool_id, position, rep_id, weight) VALUES ('everyone', 0, 'ana', 1)", [])
            try transaction.database.run(
                """
                INSERT INTO handoff (sequence, handoff_id, lead_id, partition, state, rep_id, team, pool_id,
                    agreement_version, created_at, assigned_at, touched_by_rep, reason_code, reason_detail, incomplete,
                    reassignments)
                VALUES (1, 'h-1', 'l-1', ?1, 'assigned', 'ana', '', 'everyone', 1, ?2, ?2, 0, '', '', 0, 0)
                """, [.integer(Partition.of("l-1")), .instant(start)])
            try transaction.database.run(
                "INSERT INTO handoff_packet (sequence, facts, context) VALUES (1, ?, x'')",
                [.blob(try Self.lead.serializedBytes())])
        }
        let client = WireRoutingServiceClient(fixture.transport)
        let handoff = try await client.getHandoff(.with { $0.leadID = "l-1" }).handoff
        #expect(handoff.handoffID == "h-1" && handoff.state == .assigned && handoff.repID == "ana")
        #expect(handoff.lead.source == "webinar" && Instant(handoff.assignedAt) == start)
        _ = try await client.acceptHandoff(
            .with {
                $0.handoffID = "h-1"
                $0.actor = "ana"
            })
        #expect(try await client.getHandoff(.with { $0.handoffID = "h-1" }).handoff.state == .accepted)
        #expect(try await client.listReps(.init()).reps.map(\.rep.repID) == ["ana"])
    }

    @Test(arguments: 2...SLAService.migrations.count)
    func `a timer of an older store is read, and breaches at its own deadline`(migrations: Int) async throws {
        let start = Self.start
        let version = try Self.agreement()
        let fixture = try await open(SLAService.self, migrations: migrations, at: start.adding(.hours(9))) {
            transaction in
            try transaction.database.run(
                "INSERT INTO agreement_version (version, effective_at, document) VALUES (1, ?, ?)",
                [.instant(Instant(version.effectiveAt)), .blob(try version.serializedBytes())])
            try transaction.database.run(
                """
                INSERT INTO handoff (handoff_id, lead_id, round, rep_id, team, assignment_event, grade, assigned_at)
                VALUES ('h-1', 'l-1', 1, 'ana', '', 'e-1', 'A1', ?)
                """, [.instant(start)])
            try transaction.database.run(
                """
                INSERT INTO timer (number, handoff_id, rule, round, rep_id, team, agreement_version, armed_at, due_at,
                    state, checkpoints_passed, next_fire_at)
                VALUES (1, 'h-1', 'accept', 1, 'ana', '', 1, ?1, ?2, 'armed', 0, ?2)
                """, [.instant(start), .instant(start.adding(.hours(4)))])
        }
        let client = WireSlaServiceClient(fixture.transport)
        let armed = try await client.listTimers(.with { $0.leadID = "l-1" }).timers
        #expect(armed.map(\.rule) == ["accept"] && armed.first?.state == .armed)
        try await fixture.settle()
        let breached = try await client.listTimers(.with { $0.handoffID = "h-1" }).timers
        #expect(breached.map(\.state) == [.breached])
        #expect(breached.map { Instant($0.endedAt) } == [start.adding(.hours(4))])
    }

    @Test(arguments: 1...MetricsService.migrations.count)
    func `a lead of an older store has its journey`(migrations: Int) async throws {
        let start = Self.start
        let fixture = try await open(MetricsService.self, migrations: migrations, at: start.adding(.days(9))) {
            transaction in
            try transaction.database.run(
                """
                INSERT INTO lead (number, lead_id, partition, account_id, company, domain, source, channel, campaign,
                    segment, tier, motion, territory, industry, country, created_at, facts_rank, facts_at, engaged_at)
                VALUES (1, 'l-1', ?1, '', 'Fjord', '', 'webinar', '', '', '', 'A', 'inbound', '', '', '', ?2, 1, ?2, ?2)
                """, [.integer(Partition.of("l-1")), .instant(start)])
            try transaction.database.run(
                """
                INSERT INTO touch (lead, touch_id, recorded, occurred_at, account_id, channel, campaign, content_id, kind,
                    agreement_version)
                VALUES (1, 't-1', 0, ?1, '', 'email', '', '', 'webinar_attended', 1)
                """, [.instant(start)])
            try transaction.database.run(
                """
                INSERT INTO step (lead, at, event_id, kind, state, handoff_id, rep_id, team, detail, agreement_version)
                VALUES (1, ?1, 'e-1', 'qualified', 4, '', '', '', '', 1)
                """, [.instant(start.adding(.hours(1)))])
        }
        let client = WireMetricsServiceClient(fixture.transport)
        let journey = try await client.getJourney(.with { $0.leadID = "l-1" })
        #expect(journey.lead.source == "webinar" && journey.lead.tier == "A")
        #expect(journey.steps.contains { $0.kind == "engagement" && Instant($0.at) == start })
        let outcomes = try await client.listLeadOutcomes(.init()).outcomes
        #expect(outcomes.map(\.leadID) == ["l-1"] && Instant(outcomes[0].qualifiedAt) == start.adding(.hours(1)))
    }
}
