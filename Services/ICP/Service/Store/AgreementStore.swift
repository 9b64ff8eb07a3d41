import Contracts
import GRDB
import ICPDomain
import Kernel
import Storage
import SwiftProtobuf

/// Versions and signatures in the store.
enum AgreementStore {
    static func version(_ version: Int64, _ database: Database) throws -> AgreementRecord? {
        try records(database, "WHERE version = ?", [version]).first
    }

    /// The version whose `effective_at` has come last.
    static func inForce(at moment: Instant, _ database: Database) throws -> AgreementRecord? {
        try records(
            database,
            """
            WHERE effective_at IS NOT NULL AND effective_at <= ? ORDER BY effective_at DESC, version DESC LIMIT 1
            """, [moment]
        ).first
    }

    /// Newest first.
    static func list(below version: Int64?, limit: Int, _ database: Database) throws -> [AgreementRecord] {
        try records(
            database, "WHERE version < ? ORDER BY version DESC LIMIT ?", [version ?? Int64.max, limit])
    }

    static func isAnyDue(at now: Instant, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM agreement WHERE state = 'signed' AND effective_at <= ?)")
        return try Bool.fetchOne(statement, arguments: [now]) ?? false
    }

    /// Stores a proposal as the next version, or finds the open version or the one in force that says the same.
    static func propose(_ proposal: Proposal, in transaction: StoreTransaction) throws -> AgreementRecord {
        if let same = try same(as: proposal, transaction) { return same }
        let last = try Int64.fetchOne(transaction.database, sql: "SELECT max(version) FROM agreement") ?? 0
        try transaction.database.execute(
            sql: """
                INSERT INTO agreement
                (version, state, canonical, digest, document, proposed_by, proposed_at, requested_at, comment)
                VALUES (?, 'proposed', ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                last + 1, proposal.canonical, proposal.digest, proposal.document, proposal.proposedBy,
                transaction.now, proposal.requestedAt, proposal.comment,
            ])
        return try records(transaction.database, "WHERE version = ?", [last + 1])[0]
    }

    private static func same(as proposal: Proposal, _ transaction: StoreTransaction) throws -> AgreementRecord? {
        try records(
            transaction.database, "WHERE digest = ? AND state <> 'superseded' ORDER BY version DESC",
            [proposal.digest]
        ).first { record in
            record.life.state == .active
                ? proposal.requestedAt.map { $0 <= transaction.now } ?? true
                : record.life.requestedAt == proposal.requestedAt
        }
    }

    static func apply(
        _ decision: SigningDecision, to version: Int64, in transaction: StoreTransaction
    ) throws {
        switch decision {
        case .alreadySigned, .refused: return
        case .signed(let signature):
            try insert(signature, version, transaction.database)
            try transaction.database.execute(
                sql: "UPDATE agreement SET state = 'partly_signed' WHERE version = ?", arguments: [version])
        case .completed(let signature, let effectiveAt):
            try insert(signature, version, transaction.database)
            try transaction.database.execute(
                sql: "UPDATE agreement SET state = 'signed', effective_at = ? WHERE version = ?",
                arguments: [effectiveAt, version])
        }
    }

    /// Puts every signed version whose moment has come in force, and tells everyone.
    ///
    /// - Returns: how many.
    @discardableResult
    static func activateDue(in transaction: StoreTransaction) throws -> Int {
        guard try isAnyDue(at: transaction.now, transaction.database) else { return 0 }
        let signed = try records(transaction.database, "WHERE state = 'signed'", [])
        let due = Activation.due(signed.map(\.life), now: transaction.now)
        for (version, effectiveAt) in due {
            try transaction.database.execute(
                sql: "UPDATE agreement SET state = 'superseded', superseded_at = ? WHERE state = 'active'",
                arguments: [effectiveAt])
            try transaction.database.execute(
                sql: "UPDATE agreement SET state = 'active' WHERE version = ?", arguments: [version])
            let record = try records(transaction.database, "WHERE version = ?", [version])[0]
            try transaction.append(
                .agreementActivated(try .with { $0.version = try record.wire(now: transaction.now) }),
                key: "agreement", occurredAt: effectiveAt, agreementVersion: version)
        }
        return due.count
    }

    private static func insert(_ signature: AgreementSignature, _ version: Int64, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO agreement_signature (version, side, signer, signed_at, digest) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [version, signature.side.rawValue, signature.signer, signature.signedAt, signature.digest])
    }

    private static func records(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [AgreementRecord] {
        let statement = try database.cachedStatement(
            sql: "SELECT \(AgreementRecord.columns) FROM agreement \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            AgreementRecord(row, signatures: try signatures(of: row[0], database))
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
