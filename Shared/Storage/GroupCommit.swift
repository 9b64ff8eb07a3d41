import Contracts
import GRDB
import Kernel
import RPC
import Synchronization

/// Commits concurrent writes together: one fsync for all that are waiting when the disk is free again.
///
/// The first write of a group runs in the transaction itself, each further one in a savepoint of its own, so that one
/// that fails undoes itself alone. All are answered after the one commit. A lone write never waits for company.
final class GroupCommit: StoreConnections {
    private struct Queue {
        /// Those that have been taken are nil: what they hold goes with them.
        var waiting: [PendingWrite?] = []
        var taken = 0
        var draining = false
        var closed = false

        mutating func next() -> PendingWrite? {
            guard taken < waiting.count else {
                waiting.removeAll(keepingCapacity: true)
                taken = 0
                return nil
            }
            if taken >= 1_024 {
                waiting.removeFirst(taken)
                taken = 0
            }
            defer {
                waiting[taken] = nil
                taken += 1
            }
            return waiting[taken]
        }
    }

    private let pool: DatabasePool
    private let limit: Int
    private let time: Duration
    private let log: WriteAheadLog
    private let metrics: StoreMetrics
    private let committed: @Sendable ([OutboxEntry]) -> Void
    private let queue = Mutex(Queue())

    /// - Parameter committed: told, in the order of commits and before the writers are, which events are durable.
    init(
        _ pool: DatabasePool, _ settings: StoreSettings, log: WriteAheadLog, _ metrics: StoreMetrics,
        committed: @escaping @Sendable ([OutboxEntry]) -> Void
    ) {
        self.pool = pool
        self.log = log
        self.metrics = metrics
        self.limit = max(1, settings.groupLimit)
        self.time = settings.groupTime
        self.committed = committed
    }

    var savesCursors: Bool { false }
    var isSpoiled: Bool { false }
    var writesWaiting: Int { queue.withLock { $0.waiting.count - $0.taken } }

    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
        try await pool.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database, TransactionNotes) throws -> Value
    ) async throws -> Value {
        let isCancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(
                    PendingWrite(
                        isCancelled: isCancelled,
                        run: { database, notes in
                            let value = try body(database, notes)
                            return { continuation.resume(returning: value) }
                        },
                        fail: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            isCancelled.raise()
        }
    }

    /// All events are in the table.
    func writeUntoldEvents() async throws {}

    /// Copies the write-ahead log to the file at last; where that fails, the next opening reads it from there.
    func close() async throws {
        queue.withLock { $0.closed = true }
        try await pool.writeWithoutTransaction { [log] in log.copyAll($0) }
        try pool.close()
    }

    private func enqueue(_ write: PendingWrite) {
        let isAccepted = queue.withLock { queue in
            if queue.closed { return false }
            queue.waiting.append(write)
            if !queue.draining {
                queue.draining = true
                // Within the lock: so that the one who closes comes after it.
                pool.asyncWriteWithoutTransaction { self.drain($0) }
            }
            return true
        }
        if !isAccepted { write.fail(RPCError(.unavailable, "storage is closed")) }
    }

    private func drain(_ database: Database) {
        while let first = next(stopping: true) {
            commitGroup(first, database)
            log.copyIfLong(database)
        }
    }

    /// The next write that is still wanted.
    ///
    /// - Parameter stopping: whether the drain ends where there is none.
    private func next(stopping: Bool) -> PendingWrite? {
        while true {
            let write = queue.withLock { queue in
                let write = queue.next()
                if write == nil, stopping { queue.draining = false }
                return write
            }
            guard let write else { return nil }
            guard write.isCancelled.isRaised else { return write }
            write.fail(CancellationError())
        }
    }

    private func commitGroup(_ first: PendingWrite, _ database: Database) {
        var group = [first]
        do {
            try commit(database) {
                var done = [try perform(first, database)]
                let start = ContinuousClock.now
                while group.count < limit, start.duration(to: .now) < time, let write = next(stopping: false) {
                    group.append(write)
                    do {
                        done.append(try database.withSavepoint { try perform(write, database) })
                    } catch  where database.isInsideTransaction {
                        group.removeLast()
                        write.fail(error)
                    }
                }
                return done
            }
        } catch {
            retryAlone(group, after: error, database)
        }
    }

    /// Runs writes in one transaction, and answers them once it is durable.
    private func commit(_ database: Database, _ perform: () throws -> [PerformedWrite]) throws {
        var done: [PerformedWrite] = []
        var stopwatch = CommitStopwatch(database)
        do {
            try database.inTransaction(.immediate) {
                done = try perform()
                stopwatch.statementsAreDone()
                return .commit
            }
        } catch {
            metrics.undone()
            throw error
        }
        stopwatch.commitIsDone()
        finish(done)
        metrics.committed(stopwatch, writes: done.count, database)
    }

    /// The transaction of a group has failed as a whole: a lone write is told, of several each gets its own chance.
    private func retryAlone(_ group: [PendingWrite], after error: any Error, _ database: Database) {
        guard group.count > 1 else { return group[0].fail(error) }
        for write in group {
            do {
                try commit(database) { [try perform(write, database)] }
            } catch {
                write.fail(error)
            }
        }
    }

    /// - Throws: what the body throws, and `SQLITE_ABORT` where SQLite undid the transaction and the body hid it.
    private func perform(_ write: PendingWrite, _ database: Database) throws -> PerformedWrite {
        let notes = TransactionNotes()
        return try database.runBody {
            let answer = try write.run(database, notes)
            return PerformedWrite(answer: answer, appended: notes.entries, notes: notes)
        }
    }

    private func finish(_ done: [PerformedWrite]) {
        if done.contains(where: { $0.notes.erases }) { log.emptySoon() }
        committed(done.count == 1 ? done[0].appended : done.flatMap(\.appended))
        for write in done {
            write.notes.runActions()
            write.answer()
        }
    }
}

/// A write that has run, in a transaction that is yet to be committed.
private struct PerformedWrite {
    let answer: @Sendable () -> Void
    let appended: [OutboxEntry]
    let notes: TransactionNotes
}

/// A write that waits for its turn.
private struct PendingWrite: Sendable {
    let isCancelled: CancellationFlag
    /// Runs the body and returns what answers the writer once the transaction is durable.
    let run: @Sendable (Database, TransactionNotes) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
}

private final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isRaised: Bool { flag.load(ordering: .relaxed) }

    func raise() { flag.store(true, ordering: .relaxed) }
}

/// What a transaction appends to the outbox, and what is to follow once it is committed.
final class TransactionNotes {
    /// Whether events go into the table at the transaction's end; where not, they are numbered afterwards.
    let writesEvents: Bool
    /// Whether what fails is undone.
    let undoes: Bool
    /// Whether a part failed that has not been undone.
    private(set) var isSpoiled = false
    /// What is in the table, or is numbered.
    private(set) var entries: [OutboxEntry] = []
    private var appended: [PendingEvent] = []
    private var actions: [@Sendable () -> Void] = []
    /// What goes into tables that nothing reads before, by the order in which the tables were first named.
    private var rows: [(insert: RowInsert, values: [ColumnValue])] = []
    /// How often something was added.
    private(set) var additions = 0
    private var settledAt = Instant.distantPast
    /// Each with how many events had been appended before it.
    private var erased: [(leadIDs: [String], events: Int)] = []
    /// The idempotency key whose answer the transaction stores.
    var answered: String?

    init(writesEvents: Bool = true, undoes: Bool = true) {
        self.writesEvents = writesEvents
        self.undoes = undoes
    }

    func spoil() { isSpoiled = true }

    func add(_ event: PendingEvent) {
        additions += 1
        appended.append(event)
    }

    func add(_ action: @escaping @Sendable () -> Void) { actions.append(action) }

    func add(_ values: [ColumnValue], by insert: RowInsert) {
        additions += 1
        if let index = rows.firstIndex(where: { $0.insert.isSame(as: insert) }) {
            rows[index].values += values
        } else {
            rows.append((insert, values))
        }
    }

    func erase(_ leadIDs: [String]) {
        additions += 1
        erased.append((leadIDs, appended.count))
    }

    var erases: Bool { !erased.isEmpty }
    var erasures: Erasures { Erasures(erased.map(\.leadIDs)) }

    func insertRows(_ database: Database) throws {
        for (insert, values) in rows where !values.isEmpty { try insert.run(values, database) }
        rows.removeAll(keepingCapacity: true)
    }

    /// Puts what was kept for the end into the tables: the last thing that a transaction does.
    func settle(now: Instant, _ database: Database) throws {
        try insertRows(database)
        if erases { try settleErasures(now: now, database) }
        guard !appended.isEmpty else { return }
        settledAt = now
        if writesEvents { entries = try Outbox.insert(appended, now: now, database) }
    }

    private func settleErasures(now: Instant, _ database: Database) throws {
        for (leadIDs, events) in erased {
            let erasures = Erasures([leadIDs])
            for index in 0..<events {
                let event = appended[index]
                guard let event = erasures.replacement(of: event.content.envelope, kind: event.kind) else { continue }
                appended[index] = try Outbox.pending(event, kind: .leadErased)
            }
        }
        try erasures.run(now: now, keeping: answered, database)
    }

    /// Numbers what was appended, where it is not in the table.
    func number(_ untold: UntoldEvents) {
        if !appended.isEmpty { entries = untold.add(appended, at: settledAt) }
    }

    /// Runs a part whose events, rows and actions are dropped when it throws; rows from before it are in the tables.
    func withPart(_ part: () throws -> Void) rethrows {
        let before = (appended.count, actions.count, erased.count)
        do {
            try part()
        } catch {
            appended.removeSubrange(before.0...)
            actions.removeSubrange(before.1...)
            erased.removeSubrange(before.2...)
            rows = []
            throw error
        }
    }

    func runActions() {
        for action in actions { action() }
    }
}
