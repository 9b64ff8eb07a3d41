import Contracts
import GRDB
import Kernel
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the service asks of `engagement`.
enum EngagementQueries {
    /// - Returns: false where the id is known already; then nothing changes.
    static func insert(_ engagement: WireEngagement, partition: Int, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO engagement (lead_id, occurred_at, engagement_id, partition, kind, document)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        try statement.execute(arguments: [
            engagement.leadID, Instant(engagement.occurredAt), engagement.engagementID, partition, engagement.kind,
            try engagement.storedBytes(),
        ])
        return database.changesCount > 0
    }

    /// All engagement of a lead up to a moment, oldest first.
    static func history(
        _ leadID: String, upTo asOf: Instant = .distantFuture, _ database: Database
    ) throws -> [WireEngagement] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT document FROM engagement WHERE lead_id = ? AND occurred_at <= ?
                ORDER BY occurred_at, engagement_id
                """)
        return try decoded(Data.fetchAll(statement, arguments: [leadID, asOf]))
    }

    /// The latest engagement of a lead up to a moment, newest first.
    static func latest(
        _ limit: Int, of leadID: String, upTo asOf: Instant, _ database: Database
    ) throws -> [WireEngagement] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT document FROM engagement WHERE lead_id = ? AND occurred_at <= ?
                ORDER BY occurred_at DESC, engagement_id DESC LIMIT ?
                """)
        return try decoded(Data.fetchAll(statement, arguments: [leadID, asOf, limit]))
    }

    static func count(of leadID: String, upTo asOf: Instant, _ database: Database) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT COUNT(*) FROM engagement WHERE lead_id = ? AND occurred_at <= ?")
        return try Int.fetchOne(statement, arguments: [leadID, asOf]) ?? 0
    }

    private static func decoded(_ documents: [Data]) throws -> [WireEngagement] {
        try documents.map { try WireEngagement(serializedBytes: $0) }
    }
}
