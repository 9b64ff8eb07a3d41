public import Contracts
import CoreMetrics
public import GRDB
public import Kernel
public import Platform
public import RPC
public import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A service's own SQLite file: reads, transactions, and the outbox that goes with them.
///
/// One process holds a store at a time. Errors of the disk reach callers as ``RPCError`` without their cause.
public final class Store: Sendable {
    /// The service that owns it, such as `scoring`: the source of its events.
    public let owner: String
    public let clock: any WallClock
    public let ids: any IDSource
    /// Raised when events have been appended, or parked ones released.
    public let outboxChanges = ChangeSignal()
    let exceptionChanges = ChangeSignal()
    let tail: OutboxTail
    let path: String
    private let connections: any StoreConnections
    private let lock: FileLock

    /// Opens the file, creating it and running the migrations that have not run.
    ///
    /// - Throws: ``StoreError`` where another process has it open, a newer program has migrated it, or a migration
    ///   that has run was edited since.
    public convenience init(
        path: String, owner: String, clock: any WallClock, ids: any IDSource, migrations: [Migration],
        settings: StoreSettings = StoreSettings()
    ) throws {
        try self.init(
            path: path, owner: owner, clock: clock, ids: ids, settings: settings,
            scopes: [
                SchemaScope(name: SchemaScope.storage, migrations: StorageSchema.migrations),
                SchemaScope(name: owner, migrations: migrations),
            ])
    }

    package init(
        path: String, owner: String, clock: any WallClock, ids: any IDSource, settings: StoreSettings,
        scopes: [SchemaScope]
    ) throws {
        self.owner = owner
        self.clock = clock
        self.ids = ids
        self.path = path
        lock = try FileLock(path: path + ".lock")
        let writer = try StoreOpening.writer(path, owner: owner, settings)
        let metrics = StoreMetrics(owner: owner, settings.metrics ?? MetricsSystem.factory)
        let log = WriteAheadLog(limit: settings.checkpointPages, metrics) {
            try StoreOpening.copier(path, owner: owner, settings)
        }
        let now = clock.now()
        let last = try writer.database.writeWithoutTransaction { database in
            if case .pool = writer { log.watch(database) }
            try SchemaMigrator.migrate(database, scopes: scopes, now: now)
            try StoreOpening.letGoOfJournal(database, settings)
            try StoreOpening.verify(database, settings)
            return try Outbox.last(database)
        }
        let tail = OutboxTail(last: last)
        self.tail = tail
        let committed: @Sendable ([OutboxEntry]) -> Void = { [outboxChanges] entries in
            guard !entries.isEmpty else { return }
            tail.append(entries)
            outboxChanges.raise()
        }
        connections =
            switch writer {
            case .pool(let pool): GroupCommit(pool, settings, log: log, metrics, committed: committed)
            case .queue(let queue):
                DeferredCommit(
                    queue, settings, untold: settings.keepsToldEvents ? nil : UntoldEvents(tail), metrics,
                    written: committed)
            }
    }

    var writesWaiting: Int { connections.writesWaiting }

    /// Whether a write failed that had changed something, in a store that undoes nothing: it answers no more, with
    /// `data_loss`.
    public var isSpoiled: Bool { connections.isSpoiled }

    /// Whether how far subscribers are is written with the next commit, not by those who tell them.
    var savesCursors: Bool { connections.savesCursors }

    /// Makes sure that the events that some subscriber lacks are in the table.
    func writeUntoldEvents() async throws {
        do {
            try await connections.writeUntoldEvents()
        } catch {
            throw StorageFault.translated(error)
        }
    }

    /// Reads a snapshot.
    public func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await connections.read(body)
        } catch {
            throw StorageFault.translated(error)
        }
    }

    /// Changes tables and appends events in one transaction; what it returns is durable.
    ///
    /// Concurrent small writes are committed together. The body may run again when one that it was grouped with
    /// fails, so it must have no effect outside the transaction, and it must not wait for anything.
    ///
    /// - Throws: what the body throws; `resource_exhausted` where the disk is full and `unavailable` where it fails,
    ///   with nothing changed.
    public func write<Value: Sendable>(
        _ context: RPCContext? = nil, _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws -> Value {
        do {
            return try await connections.write { database, notes in
                let transaction = StoreTransaction(
                    database: database, now: self.clock.now(), store: self, context: context, notes: notes)
                let value = try body(transaction)
                let last = try self.lastPosition(before: notes, database)
                try notes.settle(now: transaction.now, database)
                if let last { self.eraseAfterCommit(notes, upTo: last) }
                return value
            }
        } catch {
            throw StorageFault.translated(error)
        }
    }

    /// The position of the newest event behind which a transaction that erases puts its own; nil of every other one.
    private func lastPosition(before notes: TransactionNotes, _ database: Database) throws -> Int64? {
        guard notes.erases else { return nil }
        guard notes.writesEvents else { return tail.last }
        return try Outbox.last(database)
    }

    /// Has what is in memory replaced, too, and told to those who had refused what it replaces.
    private func eraseAfterCommit(_ notes: TransactionNotes, upTo position: Int64) {
        notes.add { [tail, exceptionChanges, outboxChanges, erasures = notes.erasures] in
            tail.erase(erasures, upTo: position)
            exceptionChanges.raise()
            outboxChanges.raise()
        }
    }

    /// Answers a write RPC: ``write(_:_:)``, and where the call has an idempotency key, the answer is stored with
    /// the change and given again to every retry.
    ///
    /// - Parameter request: what was asked for; with it, the same key for another request is refused.
    /// - Throws: as ``write(_:_:)``; `invalid_argument` where the key was used for another method or request.
    public func command<Response: Message>(
        _ context: RPCContext, request: (any Message)? = nil,
        _ body: @escaping @Sendable (StoreTransaction) throws -> Response
    ) async throws -> Response {
        guard let key = context.idempotencyKey else { return try await write(context, body) }
        let call = try IdempotentCall(key: key, method: context.path, request: request)
        return try await write(context) { transaction in
            if let stored = try call.storedResponse(Response.self, transaction.database) { return stored }
            let response = try body(transaction)
            try call.store(response, transaction)
            return response
        }
    }

    /// Finishes the writes that wait, leaves all in the one file and lets the store go.
    public func close() async throws {
        // A task of its own: a caller that is being cancelled must still be able to close.
        try await Task { [connections, lock] in
            defer { lock.release() }
            try await connections.close()
        }.value
    }
}

/// One transaction of a store.
public struct StoreTransaction {
    public let database: Database
    /// The time of the whole transaction.
    public let now: Instant
    let store: Store
    let context: RPCContext?
    let notes: TransactionNotes

    /// Appends an event to the outbox: it is told if, and only if, the transaction commits.
    ///
    /// - Parameters:
    ///   - key: what it is about; events of one key keep their order. Not empty.
    ///   - occurredAt: when the fact came to be.
    ///   - agreementVersion: the version it was made under; 0 where none was.
    /// - Throws: `resource_exhausted` where the event is larger than a batch may be, 1 MiB; in a store without
    ///   ``StoreSettings/keepsToldEvents`` nothing of the kind, since most events are never encoded there.
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
        notes.add(
            notes.writesEvents
                ? try Outbox.pending(event, kind: payload.kind)
                : PendingEvent(kind: payload.kind, content: .whole(event), bytes: []))
    }

    /// As ``append(_:key:occurredAt:agreementVersion:)``, of one that is ready.
    public func append(_ prepared: PreparedEvent) throws {
        notes.add(try prepared.pending(id: store.ids.next()))
    }

    /// Inserts rows at the transaction's end, or at that of the part that is undone alone, together with others of their
    /// shape: for tables that nothing reads until then.
    ///
    /// - Parameter values: of one row after the other.
    public func insertLast(_ values: [ColumnValue], by insert: RowInsert) {
        notes.add(values, by: insert)
    }

    /// Inserts now what ``insertLast(_:by:)`` was given, to see here whether it can be.
    package func insertRows() throws { try notes.insertRows(database) }

    /// Grows with each row that is changed and each event that is appended: between two of the same there was nothing to
    /// undo.
    public var changes: Int { database.totalChangesCount + notes.additions }

    /// Has something done once the transaction is committed, before the writer is answered; never where it is undone.
    public func afterCommit(_ action: @escaping @Sendable () -> Void) {
        notes.add(action)
    }

    /// Runs a part that is undone alone when it throws: its rows, the events that it has appended, and what it would
    /// have done after the commit.
    ///
    /// - Throws: what the part throws.
    public func inSavepoint(_ part: () throws -> Void) throws {
        try notes.withPart {
            try insertRows()
            guard notes.undoes else { return try withoutUndo(part) }
            try database.withSavepoint {
                try part()
                try insertRows()
            }
        }
    }

    /// What cannot be undone alone is not committed with the others either.
    private func withoutUndo(_ part: () throws -> Void) throws {
        let mark = UndoMark(database)
        do {
            try part()
            try insertRows()
        } catch {
            if mark.isPassed(by: error, database) { notes.spoil() }
            throw error
        }
    }
}
