import Contracts
import GRDB
import Kernel
import Storage
import SwiftProtobuf

/// A row of `score_change`.
struct StoredScoreChange: Sendable {
    var number: Int
    var at: Instant
    var cause: String
    var before: Double
    var after: Double
    var version: Int64
}

/// What the service asks of `score_change`.
enum ScoreChangeQueries {
    static func insert(_ change: StoredScoreChange, leadID: String, partition: Int, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO score_change (lead_id, number, partition, at, cause, before, after, agreement_version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(leadID), .integer(change.number), .integer(partition), .instant(change.at), .text(change.cause),
                .real(change.before), .real(change.after), .integer(change.version),
            ])
    }

    /// The latest changes up to a moment, oldest first.
    static func latest(
        _ limit: Int, of leadID: String, upTo asOf: Instant, _ database: Database
    ) throws -> [WireScoreChange] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT at, cause, before, after, agreement_version FROM score_change
                WHERE lead_id = ? AND at <= ? ORDER BY number DESC LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [leadID, asOf, limit]).reversed().map { row in
            .with {
                $0.at = (row[0] as Instant).wire
                $0.cause = row[1]
                $0.before = row[2]
                $0.after = row[3]
                $0.agreementVersion = row[4]
            }
        }
    }
}
