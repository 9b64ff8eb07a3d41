import Contracts
import GRDB
import ICPDomain
import Kernel
import Storage
import SwiftProtobuf

/// The audit log in the store, which lets no line be changed or removed.
enum HistoryStore {
    /// - Parameter former: the version in force just before.
    static func append(
        _ entry: HistoryEntry, digest: String, from former: Int64?, in transaction: StoreTransaction
    ) throws {
        let statement = try transaction.database.cachedStatement(
            sql: """
                INSERT INTO agreement_history
                    (version, action, actor, side, at, from_version, digest, comment, section)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            entry.version, entry.action.rawValue, entry.actor, entry.side?.rawValue, entry.at, former, digest,
            entry.comment, entry.section,
        ])
    }

    /// Oldest first; of all versions, or of one.
    static func list(
        of version: Int64?, after entry: Int64, limit: Int, _ database: Database
    ) throws -> [WireHistoryEntry] {
        let condition = version == nil ? "" : "version = ? AND"
        let statement = try database.cachedStatement(
            sql: """
                SELECT entry, version, action, actor, side, at, from_version, digest, comment, section
                FROM agreement_history WHERE \(condition) entry > ? ORDER BY entry LIMIT ?
                """)
        let arguments = StatementArguments(version.map { [$0] } ?? []) + [entry, limit]
        return try Row.fetchAll(statement, arguments: arguments).map(entry(_:))
    }

    private static func entry(_ row: Row) -> WireHistoryEntry {
        .with {
            $0.entry = row[0]
            $0.version = row[1]
            $0.action = HistoryAction(rawValue: row[2])?.wire ?? .unspecified
            $0.actor = row[3]
            $0.side = (row[4] as String?).flatMap(AgreementSide.init)?.wire ?? .unspecified
            $0.at = (row[5] as Instant).wire
            $0.fromVersion = row[6] ?? 0
            $0.digest = row[7]
            $0.comment = row[8]
            $0.section = row[9]
        }
    }
}
