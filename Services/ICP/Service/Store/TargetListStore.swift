import GRDB
import ICPDomain
import Kernel
import Storage

/// A stored revision of a target list.
struct TargetListRecord: Sendable {
    var listID: String
    var revision: Int64
    var life: TargetListLife
    /// Without its targets where only their number was asked for.
    var list: TargetList
    var targetCount: Int
    var proposedBy: String
    var proposedAt: Instant
    var comment: String
    var effectiveAt: Instant?
    var supersededAt: Instant?
    var changes: [TargetChange]
}

/// Target lists in the store.
enum TargetListStore {
    static func revision(_ listID: String, _ revision: Int64, _ database: Database) throws -> TargetListRecord? {
        try records(database, "WHERE list_id = ? AND revision = ?", [listID, revision]).first
    }

    /// The one that took effect last until then.
    static func inForce(
        _ listID: String, at moment: Instant, withTargets: Bool = true, _ database: Database
    ) throws -> TargetListRecord? {
        try records(
            database,
            "WHERE list_id = ? AND effective_at <= ? ORDER BY effective_at DESC, revision DESC LIMIT 1",
            [listID, moment], withTargets: withTargets
        ).first
    }

    /// The one in force or, where none ever was, the newest.
    static func current(
        _ listID: String, at now: Instant, withTargets: Bool = true, _ database: Database
    ) throws -> TargetListRecord? {
        try inForce(listID, at: now, withTargets: withTargets, database)
            ?? revisions(of: listID, below: nil, limit: 1, withTargets: withTargets, database).first
    }

    /// Newest first.
    static func revisions(
        of listID: String, below revision: Int64?, limit: Int, withTargets: Bool = true, _ database: Database
    ) throws -> [TargetListRecord] {
        try records(
            database, "WHERE list_id = ? AND revision < ? ORDER BY revision DESC LIMIT ?",
            [listID, revision ?? Int64.max, limit], withTargets: withTargets)
    }

    /// Newest first, with their changes but without their targets: so many that their changes are no more than wanted,
    /// and one at least.
    static func history(
        of listID: String, below revision: Int64?, limit: Int, changes most: Int, _ database: Database
    ) throws -> (revisions: [TargetListRecord], hasMore: Bool) {
        let statement = try database.cachedStatement(
            sql: """
                SELECT (
                    SELECT count(*) FROM target_list_change AS change
                    WHERE change.list_id = list.list_id AND change.revision = list.revision
                ) FROM target_list AS list WHERE list_id = ? AND revision < ? ORDER BY revision DESC LIMIT ?
                """)
        let counts = try Int.fetchAll(statement, arguments: [listID, revision ?? Int64.max, limit + 1])
        var changes = 0
        let fitting = counts.prefix(limit).prefix { count in
            changes += count
            return changes <= most
        }
        let shown = try revisions(
            of: listID, below: revision, limit: max(1, fitting.count), withTargets: false, database)
        return (shown, counts.count > shown.count)
    }

    /// Ids of lists behind an id.
    static func listIDs(behind id: String, limit: Int, _ database: Database) throws -> [String] {
        try String.fetchAll(
            database.cachedStatement(
                sql: "SELECT DISTINCT list_id FROM target_list WHERE list_id > ? ORDER BY list_id LIMIT ?"),
            arguments: [id, limit])
    }

    /// Lists in force that name an account, or one that was merged into it.
    static func listsInForce(naming root: String, _ database: Database) throws -> [String] {
        try String.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT DISTINCT list_id FROM account JOIN target_account USING (account_id)
                    JOIN target_list USING (list_id, revision)
                    WHERE root_id = ? AND state = 'in_force' ORDER BY list_id
                    """), arguments: [root])
    }

    /// The lists in force by the account that they name.
    static func membership(_ database: Database) throws -> [String: [String]] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT DISTINCT root_id, list_id FROM target_list
                JOIN target_account USING (list_id, revision) JOIN account USING (account_id)
                WHERE state = 'in_force' ORDER BY root_id, list_id
                """)
        var lists: [String: [String]] = [:]
        for row in try Row.fetchAll(statement) { lists[row[0], default: []].append(row[1]) }
        return lists
    }

    private static func records(
        _ database: Database, _ condition: String, _ arguments: StatementArguments, withTargets: Bool = true
    ) throws -> [TargetListRecord] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT list_id, revision, state, name, digest, proposed_by, proposed_at, comment, effective_at,
                superseded_at FROM target_list \(condition)
                """)
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let key: StatementArguments = [row[0] as String, row[1] as Int64]
            let targets = try withTargets ? Self.targets(key, database) : []
            let count = try withTargets ? targets.count : Self.targetCount(key, database)
            return TargetListRecord(
                listID: row[0], revision: row[1],
                life: TargetListLife(
                    state: TargetListState(rawValue: row[2]) ?? .proposed, digest: row[4],
                    signatures: try signatures(key, database)),
                list: TargetList(name: row[3], targets: targets), targetCount: count, proposedBy: row[5],
                proposedAt: row[6], comment: row[7], effectiveAt: row[8], supersededAt: row[9],
                changes: try changes(key, database))
        }
    }

    private static func signatures(
        _ key: StatementArguments, _ database: Database
    ) throws -> [AgreementSignature] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT side, signer, signed_at, digest FROM target_list_signature
                WHERE list_id = ? AND revision = ? ORDER BY signed_at, side
                """)
        return try Row.fetchAll(statement, arguments: key).compactMap { row in
            AgreementSide(rawValue: row[0]).map {
                AgreementSignature(side: $0, signer: row[1], signedAt: row[2], digest: row[3])
            }
        }
    }

    private static func targets(_ key: StatementArguments, _ database: Database) throws -> [TargetList.Target] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT account_id, marketing_owner, sales_owner, note FROM target_account
                WHERE list_id = ? AND revision = ? ORDER BY account_id
                """)
        return try Row.fetchAll(statement, arguments: key).map { row in
            TargetList.Target(accountID: row[0], marketingOwner: row[1], salesOwner: row[2], note: row[3])
        }
    }

    private static func targetCount(_ key: StatementArguments, _ database: Database) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT count(*) FROM target_account WHERE list_id = ? AND revision = ?")
        return try Int.fetchOne(statement, arguments: key) ?? 0
    }

    private static func changes(_ key: StatementArguments, _ database: Database) throws -> [TargetChange] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT kind, account_id, sentence FROM target_list_change
                WHERE list_id = ? AND revision = ? ORDER BY position
                """)
        return try Row.fetchAll(statement, arguments: key).compactMap { row in
            TargetChange.Kind(rawValue: row[0]).map {
                TargetChange(kind: $0, accountID: row[1], sentence: row[2])
            }
        }
    }
}
