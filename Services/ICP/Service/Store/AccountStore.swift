import Contracts
import GRDB
import ICPDomain
import Kernel
import RPC
import Storage
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An account as it is known now.
struct AccountView: Sendable {
    var account: MergedAccount
    /// The account that owns it, as it is called now; blank where there is none.
    var parentID: String

    var id: String { account.profile.id }

    var wire: WireAccount { account.profile.wire(parentID: parentID) }
}

/// Reading accounts. An id means the account that it is part of now.
enum AccountStore {
    static func account(_ id: String, _ database: Database) throws -> AccountView? {
        var root = ""
        var sources: [StoredSource] = []
        try database.rows(
            """
            SELECT source.account, source.is_keyed, source.created_at, source.updated_at, source.root_id
            FROM account AS asked JOIN account AS source USING (root_id) WHERE asked.account_id = ?
            """, [.text(id)]
        ) { row in
            if root.isEmpty { root = row.text(4) }
            sources.append(try StoredSource(row))
        }
        return try view(root, sources, database)
    }

    /// Those of the ids that are known.
    static func accounts(_ ids: [String], _ database: Database) throws -> [String: AccountView] {
        var accounts: [String: AccountView] = [:]
        for id in ids where accounts[id] == nil { accounts[id] = try account(id, database) }
        return accounts
    }

    /// Accounts behind an id, in order of their ids.
    static func accounts(behind id: String, limit: Int, _ database: Database) throws -> [AccountView] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT account_id FROM account WHERE account_id > ? AND root_id = account_id
                ORDER BY account_id LIMIT ?
                """)
        return try String.fetchAll(statement, arguments: [id, limit]).compactMap { try account($0, database) }
    }

    /// Every account, in order of their ids.
    ///
    /// - Throws: `resource_exhausted` where there are more than so many.
    static func all(atMost limit: Int, _ database: Database) throws -> [AccountView] {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM account WHERE root_id = account_id") ?? 0
        guard count <= limit else {
            throw RPCError(.resourceExhausted, "there are more than \(limit) accounts: raise analysis-accounts")
        }
        var sources: [String: [StoredSource]] = [:]
        try database.rows("SELECT account, is_keyed, created_at, updated_at, root_id FROM account", []) { row in
            sources[row.text(4), default: []].append(try StoredSource(row))
        }
        return try sources.sorted { $0.key < $1.key }.compactMap { try view($0.key, $0.value, database) }
    }

    /// Nil where the id is not known.
    static func rootID(_ id: String, _ database: Database) throws -> String? {
        let statement = try database.cachedStatement(sql: "SELECT root_id FROM account WHERE account_id = ?")
        return try String.fetchOne(statement, arguments: [id])
    }

    /// The account that owns one, as it is called now; nil where there is none.
    static func parentID(of root: String, _ database: Database) throws -> String? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT coalesce(parent.root_id, account.parent_id) FROM account
                LEFT JOIN account AS parent ON parent.account_id = account.parent_id
                WHERE account.account_id = ? AND account.parent_id IS NOT NULL
                """)
        return try String.fetchOne(statement, arguments: [root])
    }

    static func ancestorIDs(of root: String, _ database: Database) throws -> [String] {
        try AccountHierarchy.ancestors(of: root) { try parentID(of: $0, database) }
    }

    /// Accounts whose parent it is, by id.
    static func subsidiaryIDs(of root: String, limit: Int, _ database: Database) throws -> [String] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT child.account_id FROM account AS own JOIN account AS child ON child.parent_id = own.account_id
                WHERE own.root_id = ? ORDER BY child.account_id LIMIT ?
                """)
        return try String.fetchAll(statement, arguments: [root, limit])
    }

    /// Accounts that have a key, by id.
    static func accountIDs(with key: AccountKey, limit: Int, _ database: Database) throws -> [String] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT DISTINCT account.root_id FROM account_key JOIN account USING (account_id)
                WHERE kind = ? AND key = ? ORDER BY account.root_id LIMIT ?
                """)
        return try String.fetchAll(statement, arguments: [key.kind.rawValue, key.text, limit])
    }

    /// Every merge that made an account, oldest first.
    static func merges(of root: String, _ database: Database) throws -> [WireAccountMerge] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT account_merge.account_id, merged_id, merged_by, reason, merged_at
                FROM account_merge JOIN account USING (account_id) WHERE root_id = ? ORDER BY sequence
                """)
        return try Row.fetchAll(statement, arguments: [root]).map { row in
            .with {
                $0.accountID = row[0]
                $0.mergedID = row[1]
                $0.mergedBy = row[2]
                $0.reason = row[3]
                $0.mergedAt = (row[4] as Instant).wire
            }
        }
    }

    /// What was said of a root and of all that were merged into it.
    static func sources(of root: String, _ database: Database) throws -> [StoredSource] {
        var sources: [StoredSource] = []
        try database.rows(
            "SELECT account, is_keyed, created_at, updated_at FROM account WHERE root_id = ?", [.text(root)]
        ) { row in sources.append(try StoredSource(row)) }
        return sources
    }

    private static func view(_ root: String, _ sources: [StoredSource], _ database: Database) throws -> AccountView? {
        guard let account = MergedAccount(id: root, sources: sources.map(\.source)) else { return nil }
        let isOwned = !account.parentIDs.isEmpty
        return AccountView(account: account, parentID: isOwned ? try parentID(of: root, database) ?? "" : "")
    }
}

/// What is stored of one account id.
struct StoredSource {
    let account: WireAccount
    let isKeyed: Bool
    let createdAt: Instant
    let updatedAt: Instant

    init(_ row: StoredRow) throws {
        account = try WireAccount(serializedBytes: row.blob(0))
        isKeyed = row.bool(1)
        createdAt = row.instant(2)
        updatedAt = row.instant(3)
    }

    var source: AccountSource {
        AccountSource(
            profile: AccountProfile(account), parentID: account.parentID, createdAt: createdAt, updatedAt: updatedAt)
    }
}
