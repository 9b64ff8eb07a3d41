import GRDB
import RPC
import Synchronization

/// One connection, used on the caller's own thread, that commits many writes at once: for stores that are thrown away.
///
/// A write that fails undoes itself alone; where the store undoes nothing, it is refused as long as it has changed
/// nothing, and spoils the store otherwise. What was written since the last commit is lost with the process, and where
/// the disk fails.
final class DeferredCommit: StoreConnections {
    private struct State {
        var isClosed = false
        /// Writes that were answered are lost: the store answers no more.
        var isBroken = false
        /// Of the writes that are not committed.
        var stopwatch: CommitStopwatch?
        var pending = 0
        /// The connection's count of changed rows when the transaction began.
        var changesBefore = 0
    }

    /// So many writes are committed together.
    private let writesPerCommit: Int
    /// Or so many changed rows: where writes are undone, SQLite keeps every page as it was in memory until the commit.
    private let changesPerCommit: Int
    private let connection: DatabaseQueue
    private let undoes: Bool
    private let untold: UntoldEvents?
    private let metrics: StoreMetrics
    private let written: @Sendable ([OutboxEntry]) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - settings: as the connection was opened.
    ///   - untold: where events wait for subscribers; nil where they go into the table at once.
    ///   - written: told which events have been appended, in their order and before the writers are answered.
    init(
        _ connection: DatabaseQueue, _ settings: StoreSettings, untold: UntoldEvents?, _ metrics: StoreMetrics,
        written: @escaping @Sendable ([OutboxEntry]) -> Void
    ) {
        self.connection = connection
        undoes = settings.undoesWrites
        (writesPerCommit, changesPerCommit) = undoes ? (2_000, 8_000) : (6_000, 24_000)
        self.untold = untold
        self.metrics = metrics
        self.written = written
    }

    var savesCursors: Bool { untold != nil }
    var isSpoiled: Bool { !undoes && state.withLock { $0.isBroken } }

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
            let notes = TransactionNotes(writesEvents: untold == nil, undoes: undoes)
            let value = try part(of: database, notes) { try body(database, notes) }
            if let untold {
                if notes.erases { untold.erase(notes.erasures) }
                notes.number(untold)
            }
            written(notes.entries)
            let isDue = state.withLock { state in
                state.pending += 1
                return state.pending >= writesPerCommit
                    || database.totalChangesCount - state.changesBefore >= changesPerCommit
            }
            if isDue {
                try commit(database)
            } else if untold?.isLong() ?? false {
                try writeUntoldEvents(database)
            }
            notes.runActions()
            return value
        }
    }

    func writeUntoldEvents() async throws {
        guard untold != nil else { return }
        try onThisThread { database in
            try begin(database)
            try writeUntoldEvents(database)
        }
    }

    private func writeUntoldEvents(_ database: Database) throws {
        do {
            try untold?.write(database)
        } catch {
            // They are told to those who ask for them, and will not be there after a restart.
            state.withLock { $0.isBroken = true }
            throw error
        }
    }

    func close() async throws {
        defer { try? connection.close() }
        try onThisThread { database in
            try refuseBroken()
            if untold != nil { try begin(database) }
            state.withLock { $0.isClosed = true }
            if database.isInsideTransaction { try commit(database) }
        }
    }

    /// A savepoint; where SQLite undoes more than that, what was answered before is gone too.
    private func part<Value>(
        of database: Database, _ notes: TransactionNotes, _ body: () throws -> Value
    ) throws -> Value {
        guard undoes else { return try partWithoutUndo(of: database, notes, body) }
        do {
            return try database.withSavepoint { try database.runBody(body) }
        } catch {
            if !database.isInsideTransaction { state.withLock { $0.isBroken = $0.pending > 0 } }
            throw error
        }
    }

    private func partWithoutUndo<Value>(
        of database: Database, _ notes: TransactionNotes, _ body: () throws -> Value
    ) throws -> Value {
        let mark = UndoMark(database)
        do {
            let value = try database.runBody(body)
            if notes.isSpoiled { throw spoiled }
            return value
        } catch {
            if notes.isSpoiled || mark.isPassed(by: error, database) { state.withLock { $0.isBroken = true } }
            throw error
        }
    }

    private var spoiled: RPCError { RPCError(.dataLoss, "a write failed that this store cannot undo") }

    private func refuseBroken() throws {
        guard state.withLock({ $0.isBroken }) else { return }
        throw undoes ? RPCError(.dataLoss, "the disk failed, and writes that were answered are lost") : spoiled
    }

    private func begin(_ database: Database) throws {
        try refuseBroken()
        guard !state.withLock({ $0.isClosed }) else { throw RPCError(.unavailable, "storage is closed") }
        guard !database.isInsideTransaction else { return }
        let stopwatch = CommitStopwatch(database)
        let changes = database.totalChangesCount
        state.withLock { ($0.stopwatch, $0.changesBefore) = (stopwatch, changes) }
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
            try untold?.write(database)
            try untold?.writeCursors(database)
            try database.commit()
        } catch {
            metrics.undone()
            state.withLock { $0.isBroken = true }
            // What the caller has to know is the first error.
            if undoes { try? database.rollback() }
            throw error
        }
        ending.commitIsDone()
        metrics.committed(ending, writes: writes, database)
    }

    private func onThisThread<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try connection.writeWithoutTransaction(body)
    }
}
