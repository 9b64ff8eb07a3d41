import GRDB
import RPC
import Synchronization

/// One connection, used on the caller's own thread, that commits many writes at once: for stores that are thrown away.
///
/// A write that fails undoes itself alone. What was written since the last commit is lost with the process, and where
/// the disk fails.
final class DeferredCommit: StoreConnections {
    private struct State {
        var isClosed = false
        /// Writes that were answered are lost: the store answers no more.
        var isBroken = false
        /// Of the writes that are not committed.
        var stopwatch: CommitStopwatch?
        var pending = 0
    }

    private static let writesPerCommit = 2_000
    private let connection: DatabaseQueue
    private let metrics: StoreMetrics
    private let written: @Sendable ([OutboxEntry]) -> Void
    private let state = Mutex(State())

    /// - Parameter written: told which events have been appended, in their order and before the writers are answered.
    init(_ connection: DatabaseQueue, _ metrics: StoreMetrics, written: @escaping @Sendable ([OutboxEntry]) -> Void) {
        self.connection = connection
        self.metrics = metrics
        self.written = written
    }

    /// Nothing waits: a write is done by whoever asks for it.
    var writesWaiting: Int { 0 }

    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        try refuseBroken()
        return try onThisThread(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database, TransactionNotes) throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        return try onThisThread { database in
            try begin(database)
            let notes = TransactionNotes()
            let value = try part(of: database) { try body(database, notes) }
            written(notes.entries)
            let pending = state.withLock { state in
                state.pending += 1
                return state.pending
            }
            if pending >= Self.writesPerCommit { try commit(database) }
            notes.runActions()
            return value
        }
    }

    func close() async throws {
        defer { try? connection.close() }
        try onThisThread { database in
            state.withLock { $0.isClosed = true }
            try refuseBroken()
            if database.isInsideTransaction { try commit(database) }
        }
    }

    /// A savepoint; where SQLite undoes more than that, what was answered before is gone too.
    private func part<Value>(of database: Database, _ body: () throws -> Value) throws -> Value {
        do {
            return try database.withSavepoint { try database.runBody(body) }
        } catch {
            if !database.isInsideTransaction { state.withLock { $0.isBroken = $0.pending > 0 } }
            throw error
        }
    }

    private func refuseBroken() throws {
        guard !state.withLock({ $0.isBroken }) else {
            throw RPCError(.dataLoss, "the disk failed, and writes that were answered are lost")
        }
    }

    private func begin(_ database: Database) throws {
        try refuseBroken()
        guard !state.withLock({ $0.isClosed }) else { throw RPCError(.unavailable, "storage is closed") }
        guard !database.isInsideTransaction else { return }
        let stopwatch = CommitStopwatch(database)
        state.withLock { $0.stopwatch = stopwatch }
        try database.begin()
    }

    private func commit(_ database: Database) throws {
        let (stopwatch, writes) = state.withLock { state in
            defer { (state.stopwatch, state.pending) = (nil, 0) }
            return (state.stopwatch, state.pending)
        }
        var ending = stopwatch ?? CommitStopwatch(database)
        ending.statementsAreDone()
        do {
            try database.commit()
        } catch {
            metrics.undone()
            state.withLock { $0.isBroken = true }
            // What the caller has to know is the first error.
            try? database.rollback()
            throw error
        }
        ending.commitIsDone()
        metrics.committed(ending, writes: writes, database)
    }

    private func onThisThread<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try connection.writeWithoutTransaction(body)
    }
}
