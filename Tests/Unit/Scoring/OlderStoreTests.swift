import AccordTesting
import Contracts
import Kernel
import Platform
import Storage
import SwiftProtobuf
import Testing

@testable import ScoringService

/// Stores with leads, as every older program left them, are gone on with as if they had always been of the newest one.
@Suite struct OlderStoreTests {
    private static let start = ScoringFixture.start

    private static let engagements: [WireEngagement] = [
        .test("w1", "ana", "webinar_attended", at: start),
        .test("p1", "ana", "page_viewed", at: start.adding(.days(-1))),
        .test("p2", "ben", "page_viewed", at: start.adding(.days(-2))),
    ]
    private static let leads: [WireLead] = [
        .test("ana", employees: 450, createdAt: start.adding(.days(-10))),
        .test("ben", createdAt: start.adding(.days(-10))),
    ]

    /// As the first program stored them: accumulators of no shape that there is today, and no contributions.
    private static func fill(_ transaction: StoreTransaction) throws {
        let database = transaction.database
        for var lead in leads {
            let isMQL = lead.leadID == "ana"
            lead.motion = "inbound"
            let partition = ColumnValue.integer(Partition.of(lead.leadID))
            let own = engagements.filter { $0.leadID == lead.leadID }
            try database.run(
                """
                INSERT INTO lead (lead_id, partition, state, heat, created_at, updated_at, qualified_at,
                    engagement_count, total, scored_at, agreement_version, changes, shape, latest_at, accumulators,
                    document)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 1, 77, ?, x'01', ?)
                """,
                [
                    .text(lead.leadID), partition, .integer(isMQL ? 4 : 3), .integer(isMQL ? 1 : 0),
                    .instant(start.adding(.days(-10))), .instant(start), .instant(isMQL ? start : nil),
                    .integer(own.count), .real(isMQL ? 61 : 1), .instant(start), .instant(start),
                    .blob(try lead.storedBytes()),
                ])
            for engagement in own {
                try database.run(
                    """
                    INSERT INTO engagement (lead_id, occurred_at, engagement_id, partition, kind, document)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .text(lead.leadID), .instant(Instant(engagement.occurredAt)), .text(engagement.engagementID),
                        partition, .text(engagement.kind), .blob(try engagement.storedBytes()),
                    ])
            }
            try database.run(
                """
                INSERT INTO score_change (lead_id, number, partition, at, cause, before, after, agreement_version)
                VALUES (?, 1, ?, ?, 'lead created', 0, ?, 1)
                """, [.text(lead.leadID), partition, .instant(start), .real(isMQL ? 61 : 1)])
            guard isMQL else { continue }
            try database.run(
                """
                INSERT INTO qualification (lead_id, at, partition, cause, agreement_version)
                VALUES (?, ?, ?, 'threshold', 1)
                """, [.text(lead.leadID), .instant(start), partition])
        }
    }

    /// Once leads could be merged: cy is what two ids say.
    private static func fillMerged(_ transaction: StoreTransaction) throws {
        let database = transaction.database
        try database.run(
            """
            INSERT INTO lead (lead_id, partition, state, heat, created_at, updated_at, engagement_count, total,
                scored_at, agreement_version, changes, shape, latest_at, accumulators, document, arrived_at, parts)
            VALUES ('cy', ?1, 3, 0, ?2, ?2, 1, 41, ?2, 1, 1, 77, ?2, x'01', ?3, ?2, 2)
            """,
            [
                .integer(Partition.of("cy")), .instant(start),
                .blob(try WireLead.test("cy", employees: 450, createdAt: start).storedBytes()),
            ])
        try database.run(
            """
            INSERT INTO engagement (lead_id, occurred_at, engagement_id, partition, kind, document, arrived_as,
                arrived_merged)
            VALUES ('cy', ?1, 'p3', ?2, 'page_viewed', ?3, 'di', 0)
            """,
            [
                .instant(start), .integer(Partition.of("cy")),
                .blob(try WireEngagement.test("p3", "di", "page_viewed", at: start).storedBytes()),
            ])
        let origins = "\t\(start.microseconds)\t\(start.microseconds)\t"
        for (id, parent, employees) in [("cy", nil, nil), ("di", "cy", 450)] as [(String, String?, Int64?)] {
            try database.run(
                """
                INSERT INTO lead_part (lead_id, root_id, parent_id, partition, arrived_at, document, origins, state, heat,
                    total, scored_at, updated_at, changes)
                VALUES (?1, 'cy', ?2, ?3, ?4, ?5, ?6, 2, 0, 0, ?4, ?4, 1)
                """,
                [
                    .text(id), .optional(parent), .integer(Partition.of(id)), .instant(start),
                    .blob(try WireLead.test(id, employees: employees, createdAt: start).storedBytes()), .text(origins),
                ])
        }
        try database.run(
            "INSERT INTO lead_merge (merged_id, lead_id, merged_by, reason, merged_at, split) VALUES (?, ?, ?, '', ?, 0)",
            [.text("di"), .text("cy"), .text("rita"), .instant(start)])
    }

    private static let firstWithMerges = 5

    @Test(arguments: 1...ScoringService.migrations.count)
    func `its leads are read, scored, cooled, merged and split like any others`(migrations: Int) async throws {
        let folder = try await SchemaHistory.folder(ScoringService.self, migrations: migrations) { transaction in
            try Self.fill(transaction)
            if migrations >= Self.firstWithMerges { try Self.fillMerged(transaction) }
        }
        let old = try ScoringFixture(folder: folder)
        let new = try ScoringFixture()
        _ = try await new.upsert(Self.leads, Self.engagements)
        #expect(try await old.client.listLeads(.init()).leads.count == (migrations < Self.firstWithMerges ? 2 : 3))
        try await expectSame(old, new)
        let explained = try await old.explain("ana")
        #expect(explained.history.map(\.after) == [61] && explained.ledger.reduce(0) { $0 + $1.shown } == 61)
        #expect(try await old.get("ana", at: Self.start.adding(.days(-1))).score.engagement == 2)

        for fixture in [old, new] {
            fixture.service.clock.advance(to: Self.start.adding(.days(30)))
            try await fixture.service.settle()
            _ = try await fixture.record([
                .test("w1", "ana", "webinar_attended", at: Self.start),
                .test("w2", "ana", "webinar_attended", at: Self.start.adding(.days(30))),
            ])
            _ = try await fixture.upsert([.test("ben", employees: 300)])
        }
        try await expectSame(old, new)
        // The older program told that ana qualified.
        let crossings = try await old.crossings()
        #expect(crossings.count == 2)
        #expect(crossings == Array(try await new.crossings().dropFirst()))
        for fixture in [old, new] { _ = try await fixture.merge("ben", into: "ana") }
        try await expectSame(old, new)
        for fixture in [old, new] { _ = try await fixture.split("ben") }
        try await expectSame(old, new)

        guard migrations >= Self.firstWithMerges else { return }
        let merged = try await old.get("di")
        #expect(merged.lead.leadID == "cy" && merged.formerIds == ["di"] && merged.score.total == 41)
        _ = try await old.merge("cy", into: "ben")
        _ = try await old.split("cy")
        let again = try await old.get("di")
        #expect(again.lead.leadID == "cy" && again.formerIds == ["di"] && again.score.total == 41)
        _ = try await old.split("di")
        #expect(try await old.get("cy").score.total == 0)
        #expect(try await old.get("di").score.total == 41)
    }

    private func expectSame(_ old: ScoringFixture, _ new: ScoringFixture) async throws {
        for id in ["ana", "ben"] {
            let (found, expected) = (try await old.get(id), try await new.get(id))
            #expect(found.lead == expected.lead && found.score == expected.score, "\(id)")
            #expect(found.state == expected.state && found.qualifiedAt == expected.qualifiedAt, "\(id)")
            #expect(found.engagementCount == expected.engagementCount && found.cooledAt == expected.cooledAt, "\(id)")
        }
    }
}
