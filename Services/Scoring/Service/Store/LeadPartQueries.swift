import Contracts
import GRDB
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// What the service asks of `lead_part`, and of what is kept beside it of leads as they were before a merge.
enum LeadPartQueries {
    static func areThere(_ database: Database) throws -> Bool {
        try database.row("SELECT EXISTS (SELECT 1 FROM lead_part)", []) { $0.bool(0) } ?? false
    }

    /// The lead that an id is part of; nil where it is part of none.
    static func rootID(_ leadID: String, _ database: Database) throws -> String? {
        try database.row("SELECT root_id FROM lead_part WHERE lead_id = ?", [.text(leadID)]) { $0.text(0) }
    }

    static func group(_ rootID: String, _ database: Database) throws -> LeadGroup {
        var parts: [LeadPart] = []
        try database.rows(
            """
            SELECT parent_id, arrived_at, document, origins, state, heat, qualified_at, total, scored_at, updated_at,
            changes FROM lead_part WHERE root_id = ?
            """, [.text(rootID)]
        ) { parts.append(try part($0)) }
        return LeadGroup(rootID: rootID, parts: parts)
    }

    /// When each id of a lead was first heard of.
    static func arrivals(of rootID: String, _ database: Database) throws -> [String: Instant] {
        var arrivals: [String: Instant] = [:]
        try database.rows("SELECT lead_id, arrived_at FROM lead_part WHERE root_id = ?", [.text(rootID)]) {
            arrivals[$0.text(0)] = $0.instant(1)
        }
        return arrivals
    }

    static func save(_ group: LeadGroup, _ database: Database) throws {
        for part in group.ids.compactMap({ group.parts[$0] }) {
            let own = part.own
            try database.run(
                """
                INSERT INTO lead_part (lead_id, root_id, parent_id, partition, arrived_at, document, origins, state,
                heat, qualified_at, total, scored_at, updated_at, changes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (lead_id) DO UPDATE SET root_id = excluded.root_id, parent_id = excluded.parent_id,
                document = excluded.document, origins = excluded.origins, state = excluded.state,
                heat = excluded.heat, qualified_at = excluded.qualified_at, total = excluded.total,
                scored_at = excluded.scored_at, updated_at = excluded.updated_at, changes = excluded.changes
                """,
                [
                    .text(part.id), .text(group.rootID), .optional(part.parentID),
                    .integer(Partition.of(part.id)), .instant(part.arrivedAt), .blob(try part.sheet.lead.storedBytes()),
                    .text(part.sheet.origins.text), .optional(own.map { Int64($0.standing.state.rawValue) }),
                    .optional(own.map { Int64($0.standing.heat.rawValue) }), .instant(own?.qualifiedAt),
                    .optional(own?.total), .instant(own?.scoredAt), .instant(own?.updatedAt),
                    .optional(own.map { Int64($0.changes) }),
                ])
        }
    }

    static func delete(_ leadID: String, _ database: Database) throws {
        try database.run("DELETE FROM lead_part WHERE lead_id = ?", [.text(leadID)])
    }

    /// Keeps aside what is known of a lead that becomes part of another one.
    static func setAside(_ leadID: String, _ database: Database) throws {
        try setQualificationAside(leadID, database)
        try database.run(
            "INSERT INTO former_score_change SELECT * FROM score_change WHERE lead_id = ?", [.text(leadID)])
    }

    static func setQualificationAside(_ leadID: String, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO former_qualification SELECT * FROM qualification WHERE lead_id = ? ON CONFLICT DO NOTHING
            """, [.text(leadID)])
        try database.run(
            "INSERT INTO former_cooling SELECT * FROM cooling WHERE lead_id = ? ON CONFLICT DO NOTHING",
            [.text(leadID)])
    }

    /// Whether any of some ids had qualified before it became part of another lead.
    static func hadQualified(_ ids: [String], _ database: Database) throws -> Bool {
        let places = ids.map { _ in "?" }.joined(separator: ", ")
        return try database.row(
            "SELECT EXISTS (SELECT 1 FROM former_qualification WHERE lead_id IN (\(places)))", ids.map(ColumnValue.text)
        ) { $0.bool(0) } ?? false
    }

    /// Gives a lead back what was kept aside.
    ///
    /// - Parameter isWhole: it is of one id again, which needs nothing beside it.
    static func giveBack(_ group: LeadGroup, isWhole: Bool, _ database: Database) throws {
        let root = ColumnValue.text(group.rootID)
        for id in group.ids.map(ColumnValue.text) {
            try database.run(
                """
                INSERT INTO qualification SELECT ?, at, ?, cause, agreement_version, recorded_at
                FROM former_qualification WHERE lead_id = ? ON CONFLICT DO NOTHING
                """, [root, .integer(Partition.of(group.rootID)), id])
            try database.run(
                """
                INSERT INTO cooling SELECT ?, at, ?, agreement_version FROM former_cooling
                WHERE lead_id = ? ON CONFLICT DO NOTHING
                """, [root, .integer(Partition.of(group.rootID)), id])
        }
        try database.run(
            "INSERT INTO score_change SELECT * FROM former_score_change WHERE lead_id = ?", [root])
        try database.run("DELETE FROM former_score_change WHERE lead_id = ?", [root])
        guard isWhole else { return }
        for table in ["former_qualification", "former_cooling"] {
            try database.run("DELETE FROM \(table) WHERE lead_id = ?", [root])
        }
    }

    private static func part(_ row: StoredRow) throws -> LeadPart {
        LeadPart(
            sheet: LeadSheet(
                lead: try WireLead(serializedBytes: row.blob(2)), origins: try FieldOrigins(text: row.text(3))),
            arrivedAt: row.instant(1), parentID: row.optionalText(0), own: try own(row))
    }

    private static func own(_ row: StoredRow) throws -> LeadPart.OwnMemory? {
        guard let state = row.optionalInteger(4) else { return nil }
        guard let known = DemandState(rawValue: Int(state)), let heat = Standing.Heat(rawValue: Int(row.integer(5)))
        else { throw StoredLeadError.state(state) }
        return LeadPart.OwnMemory(
            standing: Standing(state: known, heat: heat), qualifiedAt: row.optionalInstant(6), total: row.real(7),
            scoredAt: row.instant(8), updatedAt: row.instant(9), changes: Int(row.integer(10)))
    }
}

/// What the service does with the rows of leads that become one, or several again.
enum MovingQueries {
    /// Everything that one lead did becomes another's; under which id it came stays known.
    static func move(_ leadID: String, into rootID: String, _ database: Database) throws {
        let (from, to) = (ColumnValue.text(leadID), ColumnValue.text(rootID))
        let partition = ColumnValue.integer(Partition.of(rootID))
        try database.run(
            """
            UPDATE engagement SET lead_id = ?, partition = ?, arrived_as = coalesce(arrived_as, lead_id),
            arrived_merged = coalesce(arrived_merged, 0) WHERE lead_id = ?
            """, [to, partition, from])
        try database.run(
            """
            INSERT INTO qualification SELECT ?, at, ?, cause, agreement_version, recorded_at FROM qualification
            WHERE lead_id = ? ON CONFLICT DO NOTHING
            """, [to, partition, from])
        try database.run(
            """
            INSERT INTO cooling SELECT ?, at, ?, agreement_version FROM cooling WHERE lead_id = ?
            ON CONFLICT DO NOTHING
            """, [to, partition, from])
        for table in ["qualification", "cooling", "score_change", "lead"] {
            try database.run("DELETE FROM \(table) WHERE lead_id = ?", [from])
        }
    }

    /// Marks what arrives in the transaction that merges its lead.
    static func markMerged(_ engagementID: String, as leadID: String, _ database: Database) throws {
        try database.run(
            """
            UPDATE engagement SET arrived_as = coalesce(arrived_as, ?), arrived_merged = 1 WHERE engagement_id = ?
            """, [.text(leadID), .text(engagementID)])
    }

    /// Gives the engagement of some ids of a lead to one of them.
    ///
    /// - Returns: what scoring has not counted for these ids yet, the id under which each came, and whether it came in time to count.
    static func moveBack(
        _ group: LeadGroup, from rootID: String, isWhole: Bool, _ rules: ScoringRules, _ database: Database
    ) throws -> [(engagement: WireEngagement, cameAs: String, counts: Bool)] {
        var fresh: [(engagement: WireEngagement, cameAs: String, counts: Bool)] = []
        for part in group.ids.compactMap({ group.parts[$0] }) {
            try database.rows(
                """
                SELECT document, \(EngagementQueries.counts) FROM engagement
                WHERE lead_id = ? AND coalesce(arrived_as, lead_id) = ?
                AND (? OR coalesce(arrived_merged, 0) = 1)
                """,
                [EngagementQueries.bound(rules), .text(rootID), .text(part.id), .bool(part.own == nil)]
            ) { fresh.append((try WireEngagement(serializedBytes: $0.blob(0)), part.id, $0.bool(1))) }
            try database.run(
                """
                UPDATE engagement SET lead_id = ?, partition = ?, arrived_as = ?,
                arrived_merged = CASE WHEN ? THEN NULL ELSE coalesce(arrived_merged, 0) END
                WHERE lead_id = ? AND coalesce(arrived_as, lead_id) = ?
                """,
                [
                    .text(group.rootID), .integer(Partition.of(group.rootID)), isWhole ? .null : .text(part.id),
                    .bool(isWhole), .text(rootID), .text(part.id),
                ])
        }
        return fresh
    }
}
