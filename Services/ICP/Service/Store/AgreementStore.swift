import Contracts
import GRDB
import ICPDomain
import Kernel
import Storage
import SwiftProtobuf

/// Versions and signatures in the store, as they are at a moment: a signed version whose time has come counts as in
/// force also before the duty has said so.
enum AgreementStore {
    static func version(_ version: Int64, at now: Instant, _ database: Database) throws -> AgreementRecord? {
        try records(database, "WHERE version = ?", [version]).first.map { try settled($0, at: now, database) }
    }

    /// The version whose `effective_at` has come last by a moment.
    static func inForce(at moment: Instant, now: Instant, _ database: Database) throws -> AgreementRecord? {
        try records(
            database,
            """
            WHERE effective_at IS NOT NULL AND effective_at <= ? ORDER BY effective_at DESC, version DESC LIMIT 1
            """, [moment]
        ).first.map { try settled($0, at: now, database) }
    }

    /// Newest first.
    static func list(
        below version: Int64?, limit: Int, at now: Instant, _ database: Database
    ) throws -> [AgreementRecord] {
        try records(database, "WHERE version < ? ORDER BY version DESC LIMIT ?", [version ?? Int64.max, limit])
            .map { try settled($0, at: now, database) }
    }

    /// The version that is marked as active; ask in a transaction that has activated what is due.
    static func active(_ database: Database) throws -> InForce? {
        try database.row("SELECT version, effective_at FROM agreement WHERE state = 'active'", []) {
            InForce(version: $0.integer(0), since: $0.instant(1))
        }
    }

    static func isAnyDue(at now: Instant, _ database: Database) throws -> Bool {
        try database.row(
            "SELECT EXISTS (SELECT 1 FROM agreement WHERE state = 'signed' AND effective_at <= ?)", [.instant(now)]
        ) { $0.bool(0) } ?? false
    }

    /// Stores an agreement as the next version.
    static func insert(
        _ content: AgreementContent, as state: VersionState, by author: String, comment: String,
        requestedAt: Instant? = nil, in transaction: StoreTransaction
    ) throws -> AgreementRecord {
        let last = try Int64.fetchOne(transaction.database, sql: "SELECT max(version) FROM agreement") ?? 0
        try transaction.database.execute(
            sql: """
                INSERT INTO agreement (version, state, canonical, digest, document, proposed_by, proposed_at,
                    requested_at, comment, based_on)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                last + 1, state.rawValue, content.canonical, content.digest, content.document, author, transaction.now,
                requestedAt, comment, try active(transaction.database)?.version,
            ])
        return try raw(last + 1, transaction.database)
    }

    /// Makes a proposal of a draft.
    static func propose(
        draft version: Int64, by author: String, comment: String, requestedAt: Instant?,
        in transaction: StoreTransaction
    ) throws -> AgreementRecord {
        try transaction.database.execute(
            sql: """
                UPDATE agreement SET state = 'proposed', proposed_by = ?, proposed_at = ?, requested_at = ?,
                    comment = ?, based_on = ? WHERE version = ?
                """,
            arguments: [
                author, transaction.now, requestedAt, comment, try active(transaction.database)?.version, version,
            ])
        return try raw(version, transaction.database)
    }

    /// Versions with that content in those states, newest first.
    static func versions(
        saying digest: String, in states: [VersionState], _ database: Database
    ) throws -> [AgreementRecord] {
        try records(database, "WHERE digest = ? ORDER BY version DESC", [digest])
            .filter { states.contains($0.life.state) }
    }

    static func keep(
        _ signature: AgreementSignature, of version: Int64, effectiveAt: Instant?, in transaction: StoreTransaction
    ) throws {
        try transaction.database.execute(
            sql: """
                INSERT INTO agreement_signature (version, side, signer, signed_at, digest) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [version, signature.side.rawValue, signature.signer, signature.signedAt, signature.digest])
        try transaction.database.execute(
            sql: "UPDATE agreement SET state = ?, effective_at = ? WHERE version = ?",
            arguments: [
                (effectiveAt == nil ? VersionState.partlySigned : .signed).rawValue, effectiveAt, version,
            ])
    }

    static func close(
        _ version: Int64, as state: VersionState, _ closing: VersionClosing, in transaction: StoreTransaction
    ) throws {
        try transaction.database.execute(
            sql: """
                UPDATE agreement SET state = ?, closed_at = ?, closed_by = ?, closed_side = ?, closed_comment = ?
                WHERE version = ?
                """,
            arguments: [
                state.rawValue, closing.at, closing.by, closing.side?.rawValue, closing.comment, version,
            ])
    }

    /// Signed versions that have not taken effect yet.
    static func waiting(_ database: Database) throws -> [AgreementRecord] {
        try records(database, "WHERE state = 'signed'", [])
    }

    static func markActive(
        _ version: Int64, superseding former: Int64?, at effectiveAt: Instant, in transaction: StoreTransaction
    ) throws -> AgreementRecord {
        if let former {
            try transaction.database.execute(
                sql: "UPDATE agreement SET state = 'superseded', superseded_at = ? WHERE version = ?",
                arguments: [effectiveAt, former])
        }
        try transaction.database.execute(
            sql: "UPDATE agreement SET state = 'active' WHERE version = ?", arguments: [version])
        return try raw(version, transaction.database)
    }

    // MARK: - Rows

    private static func raw(_ version: Int64, _ database: Database) throws -> AgreementRecord {
        try records(database, "WHERE version = ?", [version])[0]
    }

    /// A version as it is once everything that is due by now has been put in force.
    private static func settled(
        _ record: AgreementRecord, at now: Instant, _ database: Database
    ) throws -> AgreementRecord {
        guard record.life.state == .signed || record.life.state == .active,
            let effectiveAt = record.life.effectiveAt, effectiveAt <= now
        else { return record }
        let statement = try database.cachedStatement(
            sql: """
                SELECT effective_at FROM agreement
                WHERE state = 'signed' AND effective_at <= ? AND (effective_at, version) > (?, ?)
                ORDER BY effective_at, version LIMIT 1
                """)
        var settled = record
        settled.supersededAt = try Instant.fetchOne(statement, arguments: [now, effectiveAt, record.life.version])
        settled.life.state = settled.supersededAt == nil ? .active : .superseded
        return settled
    }

    private static func records(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [AgreementRecord] {
        let statement = try database.cachedStatement(
            sql: "SELECT \(AgreementRecord.columns) FROM agreement \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            try AgreementRecord(row, signatures: try signatures(of: row[0], database))
        }
    }

    private static func signatures(of version: Int64, _ database: Database) throws -> [AgreementSignature] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT side, signer, signed_at, digest FROM agreement_signature WHERE version = ?
                ORDER BY signed_at, side
                """)
        return try Row.fetchAll(statement, arguments: [version]).compactMap { row in
            AgreementSide(rawValue: row[0]).map {
                AgreementSignature(side: $0, signer: row[1], signedAt: row[2], digest: row[3])
            }
        }
    }
}
