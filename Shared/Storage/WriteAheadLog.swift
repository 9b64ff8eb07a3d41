import GRDB
import GRDBSQLite
import Synchronization

/// Copies the write-ahead log to the file when it has grown long, beside the writes that follow: SQLite's own checkpoint
/// would make the commit that reaches the limit wait for it.
///
/// The log starts again only when all of it is copied and no reader needs it, which may never come about while others
/// write. So above a bound the writer has the rest copied between two transactions.
final class WriteAheadLog: Sendable {
    private struct State {
        /// After the last commit.
        var pages = 0
        var course: LogCourse
    }

    /// How long the writer waits for readers that need the log, in seconds.
    static let patience = 0.025
    private let copier: LogCopier
    private let state: Mutex<State>
    private let metrics: StoreMetrics

    /// Whether it has to be emptied, since it holds what was erased.
    private let holdsErased = Atomic(false)

    /// - Parameters:
    ///   - limit: the pages after which it is copied.
    ///   - open: opens a connection that copies, when it is first needed.
    init(limit: Int, _ metrics: StoreMetrics, open: @escaping @Sendable () throws -> DatabaseQueue) {
        copier = LogCopier(metrics, open: open)
        state = Mutex(State(course: LogCourse(limit: limit)))
        self.metrics = metrics
    }

    /// Takes the place of SQLite's own checkpoints on the connection that writes. It must outlive the connection.
    func watch(_ database: Database) {
        let log = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            database.sqliteConnection,
            { log, _, _, pages in
                guard let log else { return SQLITE_OK }
                let watched = Unmanaged<WriteAheadLog>.fromOpaque(log).takeUnretainedValue()
                watched.state.withLock { $0.pages = Int(pages) }
                return SQLITE_OK
            }, log)
    }

    /// On the connection that writes, between two transactions.
    func copyIfLong(_ database: Database) {
        if holdsErased.load(ordering: .relaxed) { return emptyIfUnread(database) }
        let step = state.withLock { $0.course.next(pages: $0.pages, isCopying: copier.isCopying) }
        switch step {
        case .nothing: break
        case .copyBeside: copier.copyBeside()
        case .copyRest: copier.copyRest()
        }
    }

    /// Has it emptied after the next commits, until nobody reads it any more.
    func emptySoon() { holdsErased.store(true, ordering: .relaxed) }

    /// Does not wait for readers, only for what is being copied.
    private func emptyIfUnread(_ database: Database) {
        copier.wait()
        sqlite3_busy_timeout(database.sqliteConnection, 0)
        defer {
            if case .timeout(let seconds) = database.configuration.busyMode {
                sqlite3_busy_timeout(database.sqliteConnection, CInt(seconds * 1_000))
            }
        }
        guard (try? database.checkpoint(.truncate)) != nil else { return }
        holdsErased.store(false, ordering: .relaxed)
    }

    /// Copies all of it and empties it, unless others hold it longer than the connection waits; nothing is copied beside
    /// from then on.
    func copyAll(_ database: Database) {
        copier.close()
        let start = ContinuousClock.now
        do {
            _ = try database.checkpoint(.truncate)
            metrics.checkpointed(start.duration(to: .now))
        } catch {
            metrics.checkpointFailed()
        }
    }
}

/// When a write-ahead log is copied, by its length after each commit.
package struct LogCourse {
    package enum Step: Equatable {
        case nothing
        /// While further transactions are written.
        case copyBeside
        /// What is left, before the next transaction, so that the log starts again with that.
        case copyRest
    }

    /// Pages that are copied at a time.
    private let limit: Int
    /// From here on the writer stops for a rest that is short.
    private var shortRestAt: Int
    /// What was there when it was last copied.
    private var copied = 0

    package init(limit: Int) {
        self.limit = max(1, limit)
        shortRestAt = 4 * self.limit
    }

    /// - Parameter isCopying: whether what was begun last is still being copied.
    package mutating func next(pages: Int, isCopying: Bool) -> Step {
        if pages < copied { self = LogCourse(limit: limit) }
        // Copying is slower than writing: then writing waits for it.
        if pages >= shortRestAt + 4 * limit { return rest(pages) }
        if isCopying { return .nothing }
        if pages - copied >= limit {
            copied = pages
            return .copyBeside
        }
        return pages >= shortRestAt ? rest(pages) : .nothing
    }

    /// Where a reader needs the log, it does not start again: then this is tried again after as much as is copied at a
    /// time, not after each commit.
    private mutating func rest(_ pages: Int) -> Step {
        copied = pages
        shortRestAt = pages + limit
        return .copyRest
    }
}

/// Copies a write-ahead log by a connection of its own, once at a time.
private final class LogCopier: Sendable {
    private enum Connection {
        case none
        case open(DatabaseQueue)
        case closed
    }

    private let open: @Sendable () throws -> DatabaseQueue
    private let connection = Mutex(Connection.none)
    private let copying = Atomic(false)
    private let metrics: StoreMetrics

    init(_ metrics: StoreMetrics, open: @escaping @Sendable () throws -> DatabaseQueue) {
        self.metrics = metrics
        self.open = open
    }

    var isCopying: Bool { copying.load(ordering: .acquiring) }

    func copyBeside() {
        guard let connection = opened() else { return }
        copying.store(true, ordering: .releasing)
        connection.asyncWriteWithoutTransaction { database in
            self.copy(.passive, database)
            self.copying.store(false, ordering: .releasing)
        }
    }

    /// Waits for what is being copied, and copies what is left.
    func copyRest() {
        opened()?.inDatabase { copy(.restart, $0) }
    }

    /// Waits for what is being copied.
    func wait() {
        if isCopying { opened()?.inDatabase { _ in } }
    }

    /// Waits for what is being copied. Where the connection cannot be closed, it goes with the store.
    func close() {
        let last = connection.withLock { connection in
            defer { connection = .closed }
            return connection
        }
        if case .open(let queue) = last { try? queue.close() }
    }

    private func opened() -> DatabaseQueue? {
        connection.withLock { connection in
            switch connection {
            case .closed: return nil
            case .open(let queue): return queue
            case .none: break
            }
            do {
                let queue = try open()
                connection = .open(queue)
                return queue
            } catch {
                metrics.checkpointFailed()
                return nil
            }
        }
    }

    private func copy(_ mode: Database.CheckpointMode, _ database: Database) {
        let start = ContinuousClock.now
        do {
            _ = try database.checkpoint(mode)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // A reader needs the log: what can be copied is.
        } catch {
            return metrics.checkpointFailed()
        }
        metrics.checkpointed(start.duration(to: .now))
    }
}
