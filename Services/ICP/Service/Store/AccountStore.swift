import Contracts
import GRDB
import Kernel
import RPC
import Storage
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Accounts in the store.
enum AccountStore {
    static func upsert(_ account: WireAccount, in transaction: StoreTransaction) throws -> WireItemStatus {
        let known = try self.account(account.accountID, transaction.database)
        if known == account { return .unchanged }
        let bytes: [UInt8] = try account.serializedBytes()
        let statement = try transaction.database.cachedStatement(
            sql: """
                INSERT INTO account (account_id, name, account, updated_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (account_id) DO UPDATE
                SET name = excluded.name, account = excluded.account, updated_at = excluded.updated_at
                """)
        try statement.execute(arguments: [account.accountID, account.name, bytes.databaseBytes, transaction.now])
        return known == nil ? .created : .updated
    }

    /// Those of the ids that are known.
    static func accounts(_ ids: [String], _ database: Database) throws -> [String: WireAccount] {
        var accounts: [String: WireAccount] = [:]
        for id in ids where accounts[id] == nil { accounts[id] = try account(id, database) }
        return accounts
    }

    /// Every account, in the order of ids.
    ///
    /// - Throws: `resource_exhausted` where there are more than so many.
    static func all(atMost: Int, _ database: Database) throws -> [WireAccount] {
        let statement = try database.cachedStatement(sql: "SELECT account FROM account ORDER BY account_id LIMIT ?")
        let found = try Data.fetchAll(statement, arguments: [atMost + 1])
        guard found.count <= atMost else {
            throw RPCError(.resourceExhausted, "there are more than \(atMost) accounts: raise analysis-accounts")
        }
        return try found.map { try WireAccount(serializedBytes: $0) }
    }

    private static func account(_ id: String, _ database: Database) throws -> WireAccount? {
        let statement = try database.cachedStatement(sql: "SELECT account FROM account WHERE account_id = ?")
        return try Data.fetchOne(statement, arguments: [id]).map { try WireAccount(serializedBytes: $0) }
    }
}
