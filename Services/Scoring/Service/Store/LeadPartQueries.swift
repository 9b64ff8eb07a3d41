import Contracts
import GRDB
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// What the service asks of `lead_part`, and of what is kept beside it of leads as they were before a merge.
enum LeadPartQueries {
    /// Whether there are merged leads, and whether any lead was ever erased.
    static func pasts(_ database: Database) throws -> (merged: Bool, erased: Bool) {
        try database.row(
            "SELECT EXISTS (SELECT 1 FROM lead_part), EXISTS (SELECT 1 FROM erased_lead)", []
        ) { ($0.bool(0), $0.bool(1)) } ?? (false, false)
    }

    /// The lead that an id is part of; nil where it is part of none.
    static func rootID(_ leadID: String, _ database: Database) throws -> String? {
        try database.row("SELECT root_id FROM lead_part WHERE lead_id = ?", [.text(leadID)]) { $0.text(0) }
    }

    static func group(_ rootID: String, _ database: Database) throws -> LeadGroup {
        var parts: [LeadPart] = []
        try database.rows(
            """
            SELECT parent_id, arrived_at, document, origins, \(memories.joined(separator: ", ")) FROM lead_part
            WHERE root_id = ?
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
            try database.run(
                saving,
                [
                    .text(part.id), .text(group.rootID), .optional(part.parentID),
                    .integer(Partition.of(part.id)), .instant(part.arrivedAt), .blob(try part.sheet.lead.storedBytes()),
                    .text(part.sheet.origins.text),
                ] + values(part.own) + values(part.whole))
        }
    }

    /// Those of ``LeadPart/own``, then those of ``LeadPart/whole``.
    private static let memories: [String] = {
        let own = ["state", "heat", "qualified_at", "total", "scored_at", "updated_at", "changes"]
        return own + own.map { "whole_\($0)" }
    }()

    private static let saving = """
        INSERT INTO lead_part (lead_id, root_id, parent_id, partition, arrived_at, document, origins,
        \(memories.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, ?, ?, \(memories.map { _ in "?" }.joined(separator: ", ")))
        ON CONFLICT (lead_id) DO UPDATE SET root_id = excluded.root_id, parent_id = excluded.parent_id,
        document = excluded.document, origins = excluded.origins,
        \(memories.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
        """

    private static func values(_ memory: LeadPart.Memory?) -> [ColumnValue] {
        [
            .optional(memory.map { Int64($0.standing.state.rawValue) }),
            .optional(memory.map { Int64($0.standing.heat.rawValue) }), .instant(memory?.qualifiedAt),
            .optional(memory?.total), .instant(memory?.scoredAt), .instant(memory?.updatedAt),
            .optional(memory.map { Int64($0.changes) }),
        ]
    }

    static func delete(_ leadID: String, _ database: Database) throws {
        try database.run("DELETE FROM lead_part WHERE lead_id = ?", [.text(leadID)])
    }

    /// Keeps aside what is known of a lead that becomes part of another one.
    ///
    /// - Parameter isWhole: others had been merged into it.
    static func setAside(_ leadID: String, isWhole: Bool, _ database: Database) throws {
        try setQualificationAside(leadID, isWhole: isWhole, database)
        try database.run(
            "INSERT INTO former_score_change SELECT * FROM score_change WHERE lead_id = ?", [.text(leadID)])
    }

    static func setQualificationAside(_ leadID: String, isWhole: Bool, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO former_qualification (lead_id, at, partition, cause, agreement_version, recorded_at, whole)
            SELECT lead_id, at, partition, cause, agreement_version, recorded_at, ? FROM qualification
            WHERE lead_id = ? ON CONFLICT DO NOTHING
            """, [.bool(isWhole), .text(leadID)])
        try database.run(
            """
            INSERT INTO former_cooling (lead_id, at, partition, agreement_version, whole)
            SELECT lead_id, at, partition, agreement_version, ? FROM cooling WHERE lead_id = ? ON CONFLICT DO NOTHING
            """, [.bool(isWhole), .text(leadID)])
    }

    /// Whether any of some ids had qualified before it became part of another lead.
    static func hadQualified(_ ids: [String], _ database: Database) throws -> Bool {
        let places = ids.map { _ in "?" }.joined(separator: ", ")
        return try database.row(
            "SELECT EXISTS (SELECT 1 FROM former_qualification WHERE lead_id IN (\(places)))", ids.map(ColumnValue.text)
        ) { $0.bool(0) } ?? false
    }

    /// Of former ids, that they qualified while others were part of them: one of these, which leaves, had qualified too,
    /// and may be what sales knows.
    static func forgetQualifications(ofWholes ids: [String], _ database: Database) throws {
        for id in ids {
            try database.run("DELETE FROM former_qualification WHERE lead_id = ? AND whole", [.text(id)])
        }
    }

    /// Gives a lead back what was kept aside of those that make it up.
    ///
    /// - Returns: the crossings that were told of it while others were part of it that are not any more.
    static func giveBack(_ group: LeadGroup, _ database: Database) throws -> Set<KnownCrossing> {
        let (root, partition) = (ColumnValue.text(group.rootID), ColumnValue.integer(Partition.of(group.rootID)))
        for member in group.members {
            for id in member.ids {
                let values = [root, partition, .text(id), .bool(member.isWhole && id == member.rootID)]
                try database.run(
                    """
                    INSERT INTO qualification SELECT ?, at, ?, cause, agreement_version, recorded_at
                    FROM former_qualification WHERE lead_id = ? AND whole <= ? ON CONFLICT DO NOTHING
                    """, values)
                try database.run(
                    """
                    INSERT INTO cooling SELECT ?, at, ?, agreement_version FROM former_cooling
                    WHERE lead_id = ? AND whole <= ? ON CONFLICT DO NOTHING
                    """, values)
            }
        }
        try database.run(
            "INSERT INTO score_change SELECT * FROM former_score_change WHERE lead_id = ? AND number <= ?",
            [root, .integer(group.members.first?.memory?.changes ?? 0)])
        try database.run("DELETE FROM former_score_change WHERE lead_id = ?", [root])
        var told: Set<KnownCrossing> = []
        try database.rows(
            """
            SELECT at, 0 FROM former_qualification WHERE lead_id = ?1 AND whole
            UNION ALL SELECT at, 1 FROM former_cooling WHERE lead_id = ?1 AND whole
            """, [root]
        ) { told.insert(KnownCrossing(at: $0.instant(0), isCooling: $0.bool(1))) }
        for table in ["former_qualification", "former_cooling"] {
            try database.run(
                "DELETE FROM \(table) WHERE lead_id = ? AND (whole OR ?)", [root, .bool(group.parts.count == 1)])
        }
        return told
    }

    private static func part(_ row: StoredRow) throws -> LeadPart {
        LeadPart(
            sheet: LeadSheet(
                lead: try WireLead(serializedBytes: row.blob(2)), origins: try FieldOrigins(text: row.text(3))),
            arrivedAt: row.instant(1), parentID: row.optionalText(0), own: try memory(row, from: 4),
            whole: try memory(row, from: 11))
    }

    private static func memory(_ row: StoredRow, from column: Int) throws -> LeadPart.Memory? {
        guard let state = row.optionalInteger(column) else { return nil }
        guard let known = DemandState(rawValue: Int(state)),
            let heat = Standing.Heat(rawValue: Int(row.integer(column + 1)))
        else { throw StoredLeadError.state(state) }
        return LeadPart.Memory(
            standing: Standing(state: known, heat: heat), qualifiedAt: row.optionalInstant(column + 2),
            total: row.real(column + 3), scoredAt: row.instant(column + 4), updatedAt: row.instant(column + 5),
            changes: Int(row.integer(column + 6)))
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

    /// Marks what arrives for a merged lead, or in the transaction that merges it.
    ///
    /// - Parameters:
    ///   - leadID: the id under which it came.
    ///   - rootID: the one that stays by then.
    static func markMerged(
        _ engagementID: String, as leadID: String, in rootID: String, _ database: Database
    ) throws {
        try database.run(
            """
            UPDATE engagement SET arrived_as = coalesce(arrived_as, ?), arrived_merged = 1, arrived_in = ?
            WHERE engagement_id = ?
            """, [.text(leadID), .text(rootID), .text(engagementID)])
    }

    /// Gives the engagement of some ids of a lead to one of them.
    ///
    /// - Returns: what scoring has not counted for these ids yet, the id under which each came, and whether it came in
    ///   time to count.
    static func moveBack(
        _ group: LeadGroup, from rootID: String, _ rules: ScoringRules, _ database: Database
    ) throws -> [(engagement: WireEngagement, cameAs: String, counts: Bool)] {
        var fresh: [(engagement: WireEngagement, cameAs: String, counts: Bool)] = []
        for member in group.members {
            for id in member.ids {
                try database.rows(
                    """
                    SELECT \(EngagementQueries.whole), \(EngagementQueries.counts), arrived_merged, arrived_in
                    FROM engagement
                    WHERE lead_id = ? AND coalesce(arrived_as, lead_id) = ?
                    """, [EngagementQueries.bound(rules), .text(rootID), .text(id)]
                ) { row in
                    let isFresh =
                        member.isWhole
                        ? row.optionalText(6).map { !member.ids.contains($0) } ?? false
                        : member.memory == nil || row.bool(5)
                    guard isFresh else { return }
                    fresh.append((try EngagementQueries.engagement(row), id, row.bool(4)))
                }
                try moveBack(id, to: group, from: rootID, database)
            }
        }
        return fresh
    }

    /// What arrived while others stayed has now been counted for the one that stays.
    private static func moveBack(
        _ id: String, to group: LeadGroup, from rootID: String, _ database: Database
    ) throws {
        let ids = group.ids.map(ColumnValue.text)
        let isOne = ColumnValue.bool(ids.count == 1)
        try database.run(
            """
            UPDATE engagement SET lead_id = ?, partition = ?, arrived_as = ?,
            arrived_merged = CASE WHEN ? THEN NULL ELSE coalesce(arrived_merged, 0) END,
            arrived_in = CASE WHEN ? THEN NULL
                WHEN arrived_in NOT IN (\(ids.map { _ in "?" }.joined(separator: ", "))) THEN ? ELSE arrived_in END
            WHERE lead_id = ? AND coalesce(arrived_as, lead_id) = ?
            """,
            [
                .text(group.rootID), .integer(Partition.of(group.rootID)), ids.count == 1 ? .null : .text(id), isOne,
                isOne,
            ] + ids + [.text(group.rootID), .text(rootID), .text(id)])
    }
}
