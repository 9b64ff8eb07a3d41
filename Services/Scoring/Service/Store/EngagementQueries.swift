import Contracts
import GRDB
import Kernel
import Storage
import SwiftProtobuf

/// What the service asks of `engagement`.
enum EngagementQueries {
    /// - Returns: false where the id is known already; then nothing changes.
    static func insert(_ engagement: WireEngagement, partition: Int, _ database: Database) throws -> Bool {
        try database.run(
            """
            INSERT INTO engagement (lead_id, occurred_at, engagement_id, partition, kind, document)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                .text(engagement.leadID), .instant(Instant(engagement.occurredAt)), .text(engagement.engagementID),
                .integer(partition), .text(engagement.kind), .blob(try engagement.storedBytes()),
            ])
        return database.changesCount > 0
    }

    /// As ``insert(_:partition:_:)``, of a merged lead.
    ///
    /// - Parameter arrivedAs: the id under which it comes.
    static func insert(
        _ engagement: WireEngagement, arrivedAs: String, partition: Int, _ database: Database
    ) throws -> Bool {
        guard try insert(engagement, partition: partition, database) else { return false }
        try MovingQueries.markMerged(engagement.engagementID, as: arrivedAs, database)
        return true
    }

    /// All engagement of a lead up to a moment, oldest first; of some kinds alone, where they are given.
    static func history(
        _ leadID: String, upTo asOf: Instant = .distantFuture, kinds: Set<String>? = nil, _ database: Database
    ) throws -> [WireEngagement] {
        var history: [WireEngagement] = []
        try database.rows(
            """
            SELECT kind, document FROM engagement WHERE lead_id = ? AND occurred_at <= ?
            ORDER BY occurred_at, engagement_id
            """, [.text(leadID), .instant(asOf)]
        ) { row in
            if let kinds, !kinds.contains(row.text(0)) { return }
            history.append(try WireEngagement(serializedBytes: row.blob(1)))
        }
        return history
    }

    /// The latest engagement of a lead up to a moment, newest first.
    static func latest(
        _ limit: Int, of leadID: String, upTo asOf: Instant, _ database: Database
    ) throws -> [WireEngagement] {
        var latest: [WireEngagement] = []
        try database.rows(
            """
            SELECT document FROM engagement WHERE lead_id = ? AND occurred_at <= ?
            ORDER BY occurred_at DESC, engagement_id DESC LIMIT ?
            """, [.text(leadID), .instant(asOf), .integer(limit)]
        ) { row in
            var engagement = try WireEngagement(serializedBytes: row.blob(0))
            // What came under a former id has that one.
            engagement.leadID = leadID
            latest.append(engagement)
        }
        return latest
    }

    static func count(of leadID: String, upTo asOf: Instant, _ database: Database) throws -> Int {
        try database.row(
            "SELECT COUNT(*) FROM engagement WHERE lead_id = ? AND occurred_at <= ?",
            [.text(leadID), .instant(asOf)]
        ) { Int($0.integer(0)) } ?? 0
    }
}
