public import Contracts
public import GRDB
public import Kernel
public import Platform
public import RPC
public import SwiftProtobuf

/// A step of the schema: append-only. A name that has run never runs again.
public struct Migration: Sendable {
    public let name: String
    public let sql: String

    public init(_ name: String, sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// A service's own SQLite file: reads, transactions, and the outbox that goes with them.
public final class Store: Sendable {
    /// The service that owns it, such as `scoring`: the source of its events.
    public let owner: String
    public let clock: any WallClock
    public let ids: any IDSource
    let pool: DatabasePool

    /// Opens the file, creating it and running the migrations that have not run.
    public init(
        path: String, owner: String, clock: any WallClock, ids: any IDSource, migrations: [Migration]
    ) throws {
        self.owner = owner
        self.clock = clock
        self.ids = ids
        pool = try DatabasePool(path: path)
        var migrator = DatabaseMigrator()
        for migration in Self.ownMigrations + migrations {
            migrator.registerMigration(migration.name) { try $0.execute(sql: migration.sql) }
        }
        try migrator.migrate(pool)
    }

    /// Reads a snapshot.
    public func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        try await pool.read(body)
    }

    /// Changes tables and appends events in one transaction; what it returns is durable.
    ///
    /// Concurrent small writes are committed together. The body may run again when one that it was grouped with
    /// fails, so it must have no effect outside the transaction, and it must not wait for anything.
    public func write<Value: Sendable>(
        _ context: RPCContext? = nil, _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        let now = clock.now()
        return try await pool.write { database in
            try body(StoreTransaction(database: database, now: now, store: self, context: context))
        }
    }

    /// Answers a write RPC: ``write(_:_:)``, and where the call has an idempotency key, the answer is stored with
    /// the change and given again to every retry.
    public func command<Response: Message>(
        _ context: RPCContext, _ body: @escaping @Sendable (StoreTransaction) throws -> Response
    ) async throws -> Response {
        try await write(context, body)
    }

    static let ownMigrations = [
        Migration(
            "storage-1",
            sql: """
                CREATE TABLE outbox (
                    position INTEGER PRIMARY KEY AUTOINCREMENT,
                    event_id TEXT NOT NULL UNIQUE,
                    kind TEXT NOT NULL,
                    key TEXT NOT NULL,
                    partition INTEGER NOT NULL,
                    appended_at INTEGER NOT NULL,
                    event BLOB NOT NULL
                ) STRICT;
                CREATE TABLE inbox (
                    event_id TEXT PRIMARY KEY,
                    received_at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """)
    ]
}

/// One transaction of a store.
public struct StoreTransaction {
    public let database: Database
    /// The time of the whole transaction.
    public let now: Instant
    let store: Store
    let context: RPCContext?

    /// Appends an event to the outbox: it is told if, and only if, the transaction commits.
    ///
    /// - Parameters:
    ///   - key: what it is about; events of one key keep their order.
    ///   - occurredAt: when the fact came to be.
    ///   - agreementVersion: the version it was made under; 0 where none was.
    public func append(
        _ payload: WireEvent.OneOf_Payload, key: String, occurredAt: Instant, agreementVersion: Int64
    ) throws {
        let event = WireEvent.with {
            $0.eventID = store.ids.next()
            $0.source = store.owner
            $0.key = key
            $0.partition = Int32(Partition.of(key))
            $0.occurredAt = occurredAt.wire
            $0.agreementVersion = agreementVersion
            $0.traceparent = context?.traceparent ?? ""
            $0.requestID = context?.requestID ?? ""
            $0.payload = payload
        }
        let bytes: [UInt8] = try event.serializedBytes()
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO outbox (event_id, kind, key, partition, appended_at, event) VALUES (?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            event.eventID, payload.kind.rawValue, key, Int(event.partition), now, bytes.databaseBytes,
        ])
    }
}
