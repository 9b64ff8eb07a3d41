import GRDB
import GRDBSQLite
import Synchronization

/// Copies the write-ahead log to the file when it has grown long: after the writers have been answered, where
/// SQLite's own checkpoint would make the commit that reaches the limit wait for it.
final class WriteAheadLog: Sendable {
    private let limit: Int
    private let metrics: StoreMetrics
    /// Of the log, after the last commit.
    private let pages = Atomic<Int>(0)

    /// Whether it has to be emptied, since it holds what was erased.
    private let holdsErased = Atomic(false)

    /// - Parameter limit: the pages after which it is copied.
    init(limit: Int, _ metrics: StoreMetrics) {
        self.limit = limit
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
                watched.pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, log)
    }

    /// Where readers hold a part of it back, the next commit tries again.
    func copyIfLong(_ database: Database) {
        if holdsErased.load(ordering: .relaxed) { return emptyIfUnread(database) }
        guard pages.load(ordering: .relaxed) >= limit else { return }
        copy(.passive, database)
    }

    /// Has it emptied after the next commits, until nobody reads it any more.
    func emptySoon() { holdsErased.store(true, ordering: .relaxed) }

    /// Does not wait for readers.
    private func emptyIfUnread(_ database: Database) {
        sqlite3_busy_timeout(database.sqliteConnection, 0)
        defer {
            if case .timeout(let seconds) = database.configuration.busyMode {
                sqlite3_busy_timeout(database.sqliteConnection, CInt(seconds * 1_000))
            }
        }
        guard (try? database.checkpoint(.truncate)) != nil else { return }
        holdsErased.store(false, ordering: .relaxed)
    }

    /// Copies all of it and empties it, unless others hold it longer than the connection waits.
    func copyAll(_ database: Database) { copy(.truncate, database) }

    private func copy(_ mode: Database.CheckpointMode, _ database: Database) {
        let start = ContinuousClock.now
        do {
            _ = try database.checkpoint(mode)
            metrics.checkpointed(start.duration(to: .now))
        } catch {
            metrics.checkpointFailed()
        }
    }
}
