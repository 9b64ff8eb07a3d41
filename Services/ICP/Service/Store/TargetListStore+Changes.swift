import GRDB
import ICPDomain
import Kernel
import Storage

extension TargetListStore {
    /// Stores a list as its next revision, in place of one that is still open, or finds the open one or the one in force
    /// that says the same.
    static func propose(
        _ list: TargetList, as listID: String, by person: String, comment: String, in transaction: StoreTransaction
    ) throws -> Int64 {
        let database = transaction.database
        let digest = Digest.text(of: list.canonicalJSON)
        let inForce = try inForce(listID, at: transaction.now, database)
        let newest = try revisions(of: listID, below: nil, limit: 1, database).first
        for known in [newest, inForce] {
            if let known, known.life.digest == digest, known.life.state != .superseded { return known.revision }
        }
        try supersede("state IN ('proposed', 'partly_signed')", listID, in: transaction)
        let revision = (newest?.revision ?? 0) + 1
        try database.execute(
            sql: """
                INSERT INTO target_list (list_id, revision, state, name, digest, proposed_by, proposed_at, comment)
                VALUES (?, ?, 'proposed', ?, ?, ?, ?, ?)
                """, arguments: [listID, revision, list.name, digest, person, transaction.now, comment])
        try insert(list.targets, listID, revision, database)
        try insert(TargetChange.between(inForce?.list, list), listID, revision, database)
        return revision
    }

    static func apply(
        _ decision: TargetSigningDecision, to listID: String, _ revision: Int64, in transaction: StoreTransaction
    ) throws {
        switch decision {
        case .alreadySigned, .refused: return
        case .signed(let signature):
            try insert(signature, listID, revision, transaction.database)
            try transaction.database.execute(
                sql: "UPDATE target_list SET state = 'partly_signed' WHERE list_id = ? AND revision = ?",
                arguments: [listID, revision])
        case .completed(let signature):
            try insert(signature, listID, revision, transaction.database)
            try supersede("state = 'in_force'", listID, in: transaction)
            try transaction.database.execute(
                sql: "UPDATE target_list SET state = 'in_force', effective_at = ? WHERE list_id = ? AND revision = ?",
                arguments: [transaction.now, listID, revision])
        }
    }

    private static func supersede(_ condition: String, _ listID: String, in transaction: StoreTransaction) throws {
        try transaction.database.execute(
            sql: "UPDATE target_list SET state = 'superseded', superseded_at = ? WHERE list_id = ? AND \(condition)",
            arguments: [transaction.now, listID])
    }

    private static func insert(
        _ targets: [TargetList.Target], _ listID: String, _ revision: Int64, _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO target_account (list_id, revision, account_id, marketing_owner, sales_owner, note)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        for target in targets {
            try statement.execute(arguments: [
                listID, revision, target.accountID, target.marketingOwner, target.salesOwner, target.note,
            ])
        }
    }

    private static func insert(
        _ changes: [TargetChange], _ listID: String, _ revision: Int64, _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO target_list_change (list_id, revision, position, kind, account_id, sentence)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        for (position, change) in changes.enumerated() {
            try statement.execute(arguments: [
                listID, revision, position, change.kind.rawValue, change.accountID, change.sentence,
            ])
        }
    }

    private static func insert(
        _ signature: AgreementSignature, _ listID: String, _ revision: Int64, _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO target_list_signature (list_id, revision, side, signer, signed_at, digest)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                listID, revision, signature.side.rawValue, signature.signer, signature.signedAt, signature.digest,
            ])
    }
}
