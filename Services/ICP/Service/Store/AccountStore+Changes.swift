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

extension AccountStore {
    /// Stores what is said of an account id.
    ///
    /// - Throws: `failed_precondition` where its parent would make it its own owner, or has too many above it.
    static func upsert(_ account: WireAccount, in transaction: StoreTransaction) throws -> WireItemStatus {
        let id = account.accountID
        let root = try rootID(id, transaction.database) ?? id
        let stored = try sources(of: root, transaction.database)
        let known = stored.first { $0.account.accountID == id }
        if let known, known.isKeyed, known.account == account { return .unchanged }
        let source = AccountSource(
            profile: AccountProfile(account), parentID: account.parentID,
            createdAt: known?.createdAt ?? transaction.now, updatedAt: transaction.now)
        let sources = stored.filter { $0.account.accountID != id }.map(\.source) + [source]
        let parent = try Self.parentID(of: root, sources: sources, joining: [], transaction.database)
        try write(account, createdAt: source.createdAt, root: root, isNew: known == nil, in: transaction)
        try write(AccountKey.keys(of: source.profile), of: id, transaction.database)
        try write(parentID: parent, of: root, transaction.database)
        return known == nil ? .created : .updated
    }

    /// Makes accounts part of another one.
    ///
    /// - Returns: the id that it has now.
    /// - Throws: `not_found` with every id that is not known; `failed_precondition` where it would own itself.
    static func merge(
        _ ids: [String], into id: String, by person: String, reason: String, in transaction: StoreTransaction
    ) throws -> String {
        let database = transaction.database
        let unknown = try ([id] + ids).filter { try rootID($0, database) == nil }
        guard unknown.isEmpty, let root = try rootID(id, database) else {
            throw RPCError(.notFound, "there is no account \(unknown.prefix(20).joined(separator: ", "))")
        }
        var joining: Set<String> = []
        let roots = try ids.compactMap { try rootID($0, database) }.filter { $0 != root && joining.insert($0).inserted }
        guard !roots.isEmpty else { return root }
        let sources = try ([root] + roots).flatMap { try Self.sources(of: $0, database).map(\.source) }
        let parent = try Self.parentID(of: root, sources: sources, joining: joining, database)
        for joined in roots {
            try database.execute(
                sql: "UPDATE account SET root_id = ?, parent_id = NULL WHERE root_id = ?", arguments: [root, joined])
            try database.execute(
                sql: """
                    INSERT INTO account_merge (account_id, merged_id, merged_by, reason, merged_at)
                    VALUES (?, ?, ?, ?, ?)
                    """, arguments: [root, joined, person, reason, transaction.now])
        }
        try write(parentID: parent, of: root, database)
        return root
    }

    /// Makes the keys of accounts that lack them; what was said of an account stays as it was said.
    ///
    /// - Returns: how many.
    static func makeKeys(atMost limit: Int, in transaction: StoreTransaction) throws -> Int {
        let database = transaction.database
        let lacking = try Data.fetchAll(
            database, sql: "SELECT account FROM account WHERE is_keyed = 0 ORDER BY account_id LIMIT ?",
            arguments: [limit])
        for bytes in lacking {
            let account = try WireAccount(serializedBytes: bytes).normalised
            try write(AccountKey.keys(of: AccountProfile(account)), of: account.accountID, database)
            try database.execute(
                sql: "UPDATE account SET is_keyed = 1 WHERE account_id = ?", arguments: [account.accountID])
            guard !account.parentID.isEmpty, let root = try rootID(account.accountID, database) else { continue }
            // Cycles were not refused always: an account that would own itself has no parent.
            let sources = try Self.sources(of: root, database).map(\.source)
            let parent = try? Self.parentID(of: root, sources: sources, joining: [], database)
            try write(parentID: parent, of: root, database)
        }
        return lacking.count
    }

    static func lacksKeys(_ database: Database) throws -> Bool {
        try database.row("SELECT 1 FROM account WHERE is_keyed = 0 LIMIT 1", []) { _ in true } ?? false
    }

    /// The parent that an account comes to have, as it was said; nil where none is said that is another account.
    ///
    /// - Parameter joining: roots that become part of it.
    private static func parentID(
        of root: String, sources: [AccountSource], joining: Set<String>, _ database: Database
    ) throws -> String? {
        guard let merged = MergedAccount(id: root, sources: sources) else { return nil }
        func current(_ id: String) throws -> String {
            let known = try rootID(id, database) ?? id
            return joining.contains(known) ? root : known
        }
        guard let said = try merged.parentIDs.first(where: { try current($0) != root }) else { return nil }
        let fault = try AccountHierarchy.fault(at: root) { id in
            id == root ? try current(said) : try parentID(of: id, database).map(current)
        }
        switch fault {
        case nil: return said
        case .cycle(let way)?:
            throw RPCError(
                .failedPrecondition, "an account cannot own itself: \(way.prefix(10).joined(separator: " -> "))")
        case .tooDeep?:
            let deepest = AccountHierarchy.deepest
            throw RPCError(
                .failedPrecondition,
                "the owners of \(root), one above the other: found \(deepest) levels or more, "
                    + "expected less than \(deepest)")
        }
    }

    private static func write(
        _ account: WireAccount, createdAt: Instant, root: String, isNew: Bool, in transaction: StoreTransaction
    ) throws {
        let bytes = try account.storedBytes()
        if isNew {
            try transaction.database.cachedStatement(
                sql: """
                    INSERT INTO account (account_id, root_id, account, is_keyed, created_at, updated_at)
                    VALUES (?, ?, ?, 1, ?, ?)
                    """
            ).execute(arguments: [account.accountID, root, bytes.databaseBytes, createdAt, transaction.now])
        } else {
            try transaction.database.cachedStatement(
                sql: "UPDATE account SET account = ?, is_keyed = 1, updated_at = ? WHERE account_id = ?"
            ).execute(arguments: [bytes.databaseBytes, transaction.now, account.accountID])
        }
    }

    private static func write(_ keys: Set<AccountKey>, of id: String, _ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM account_key WHERE account_id = ?").execute(arguments: [id])
        let insert = try database.cachedStatement(
            sql: "INSERT INTO account_key (account_id, kind, key) VALUES (?, ?, ?)")
        for key in keys.sorted(by: { ($0.kind.rawValue, $0.text) < ($1.kind.rawValue, $1.text) }) {
            try insert.execute(arguments: [id, key.kind.rawValue, key.text])
        }
    }

    private static func write(parentID: String?, of root: String, _ database: Database) throws {
        try database.cachedStatement(
            sql: "UPDATE account SET parent_id = ? WHERE account_id = ? AND parent_id IS NOT ?"
        ).execute(arguments: [parentID, root, parentID])
    }
}
