import Contracts
import GRDB
import Kernel
import Storage
import SwiftProtobuf

/// What the service asks of `external_id`, `lead_email`, `lead_apart` and `lead_merge`.
enum IdentityQueries {
    /// The id that first came with an external one.
    static func leadID(_ external: WireExternalId, _ database: Database) throws -> String? {
        try database.row(
            "SELECT lead_id FROM external_id WHERE source = ? AND id = ?", [.text(external.source), .text(external.id)]
        ) { $0.text(0) }
    }

    /// The id under which a lead is or was known that is given by this id or by one of another system.
    static func partID(of id: String, _ database: Database) throws -> String {
        guard try LeadQueries.find(id, database) == nil, try LeadPartQueries.rootID(id, database) == nil,
            let external = WireExternalId(text: id)
        else { return id }
        return try leadID(external, database) ?? id
    }

    static func insert(_ external: WireExternalId, of leadID: String, _ database: Database) throws {
        try database.run(
            "INSERT INTO external_id (source, id, lead_id) VALUES (?, ?, ?)",
            [.text(external.source), .text(external.id), .text(leadID)])
    }

    static func externalIDs(of leadIDs: [String], _ database: Database) throws -> [WireExternalId] {
        var found: [WireExternalId] = []
        for leadID in leadIDs {
            try database.rows("SELECT source, id FROM external_id WHERE lead_id = ?", [.text(leadID)]) { row in
                found.append(
                    .with {
                        $0.source = row.text(0)
                        $0.id = row.text(1)
                    })
            }
        }
        return found.sorted { ($0.source, $0.id) < ($1.source, $1.id) }
    }

    /// Ids that were last told to have an address, in their order.
    static func leadIDs(withEmail email: String, _ database: Database) throws -> [String] {
        var ids: [String] = []
        try database.rows("SELECT lead_id FROM lead_email WHERE email = ? ORDER BY lead_id LIMIT 100", [.text(email)]) {
            ids.append($0.text(0))
        }
        return ids
    }

    static func keep(_ email: String, of leadID: String, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO lead_email (lead_id, email) VALUES (?, ?)
            ON CONFLICT (lead_id) DO UPDATE SET email = excluded.email WHERE email <> excluded.email
            """, [.text(leadID), .text(email)])
    }

    /// Whether someone told ids of two leads apart.
    static func areApart(_ ids: [String], _ others: Set<String>, _ database: Database) throws -> Bool {
        var found = false
        for id in ids where !found {
            try database.rows("SELECT other_id FROM lead_apart WHERE lead_id = ?", [.text(id)]) {
                if others.contains($0.text(0)) { found = true }
            }
        }
        return found
    }

    /// Notes that someone told each of some ids apart from each of others.
    static func setApart(_ ids: [String], _ others: [String], _ database: Database) throws {
        for id in ids {
            for other in others {
                try database.run(
                    "INSERT INTO lead_apart (lead_id, other_id) VALUES (?1, ?2), (?2, ?1) ON CONFLICT DO NOTHING",
                    [.text(id), .text(other)])
            }
        }
    }

    static func setTogether(_ ids: [String], _ others: [String], _ database: Database) throws {
        for id in ids {
            for other in others {
                try database.run(
                    "DELETE FROM lead_apart WHERE (lead_id = ?1 AND other_id = ?2) OR (lead_id = ?2 AND other_id = ?1)",
                    [.text(id), .text(other)])
            }
        }
    }

    /// Notes a merge or a split.
    ///
    /// - Returns: its place among all of them.
    static func note(_ merge: WireLeadMerge, _ database: Database) throws -> Int64 {
        try database.run(
            """
            INSERT INTO lead_merge (merged_id, lead_id, merged_by, reason, merged_at, split) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(merge.mergedID), .text(merge.leadID), .text(merge.mergedBy), .text(merge.reason),
                .instant(Instant(merge.mergedAt)), .bool(merge.split),
            ])
        return database.lastInsertedRowID
    }

    /// Every merge and split that names one of the ids, oldest first.
    static func merges(of leadIDs: [String], _ database: Database) throws -> [WireLeadMerge] {
        var merges: [Int64: WireLeadMerge] = [:]
        for leadID in leadIDs {
            try database.rows(
                """
                SELECT sequence, merged_id, lead_id, merged_by, reason, merged_at, split FROM lead_merge
                WHERE merged_id = ?1 OR lead_id = ?1
                """, [.text(leadID)]
            ) { row in
                merges[row.integer(0)] = .with {
                    $0.mergedID = row.text(1)
                    $0.leadID = row.text(2)
                    $0.mergedBy = row.text(3)
                    $0.reason = row.text(4)
                    $0.mergedAt = row.instant(5).wire
                    $0.split = row.bool(6)
                }
            }
        }
        return merges.sorted { $0.key < $1.key }.map(\.value)
    }
}
