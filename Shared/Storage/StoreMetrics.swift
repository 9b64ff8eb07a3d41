import CoreMetrics
import GRDB
import GRDBSQLite
import Metrics
public import Platform

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a store does with the disk, as metrics.
struct StoreMetrics: Sendable {
    private static let transactionDuration = "accord_store_transaction_duration_seconds"
    private static let commitDuration = "accord_store_commit_duration_seconds"
    private static let checkpointDuration = "accord_store_checkpoint_duration_seconds"
    private static let writes = "accord_store_writes_per_commit"
    private static let rows = "accord_store_rows_changed"
    private static let rollbacks = "accord_store_rollbacks"
    private static let checkpointFailures = "accord_store_checkpoint_failures"
    private static let cacheHits = "accord_store_cache_hits"
    private static let cacheMisses = "accord_store_cache_misses"
    private static let cacheSpills = "accord_store_cache_spills"

    private let transactionTimer: Timer
    private let commitTimer: Timer
    private let checkpointTimer: Timer
    private let writesPerCommit: Recorder
    private let rowsChanged: Counter
    private let rolledBack: Counter
    private let failedCheckpoints: Counter
    private let hits: Counter
    private let misses: Counter
    private let spills: Counter

    init(owner: String, _ factory: any MetricsFactory) {
        Self.describe(factory)
        let dimensions = [("service", owner)]
        func timer(_ label: String) -> Timer { Timer(label: label, dimensions: dimensions, factory: factory) }
        func counter(_ label: String) -> Counter { Counter(label: label, dimensions: dimensions, factory: factory) }
        transactionTimer = timer(Self.transactionDuration)
        commitTimer = timer(Self.commitDuration)
        checkpointTimer = timer(Self.checkpointDuration)
        writesPerCommit = Recorder(label: Self.writes, dimensions: dimensions, aggregate: true, factory: factory)
        rowsChanged = counter(Self.rows)
        rolledBack = counter(Self.rollbacks)
        failedCheckpoints = counter(Self.checkpointFailures)
        hits = counter(Self.cacheHits)
        misses = counter(Self.cacheMisses)
        spills = counter(Self.cacheSpills)
    }

    private static func describe(_ factory: any MetricsFactory) {
        factory.describe(
            transactionDuration, "Time of a transaction that was committed: statements, commit and fsync.")
        factory.describe(commitDuration, "Time of the commit alone: writing the log and its fsync.")
        factory.describe(checkpointDuration, "Time of copying the write-ahead log to the file.")
        factory.describe(writes, "Writes that one commit made durable together.")
        factory.describe(rows, "Rows that committed transactions inserted, updated or deleted.")
        factory.describe(rollbacks, "Transactions of writes that were undone as a whole.")
        factory.describe(checkpointFailures, "Checkpoints that failed; the next commit tries again.")
        factory.describe(cacheHits, "Pages that the writing connection found in its cache.")
        factory.describe(cacheMisses, "Pages that the writing connection had to read from the file.")
        factory.describe(cacheSpills, "Changed pages that the cache had no room for until the commit.")
    }

    func committed(_ stopwatch: CommitStopwatch, writes: Int, _ database: Database) {
        transactionTimer.record(duration: stopwatch.transaction)
        commitTimer.record(duration: stopwatch.commit)
        writesPerCommit.record(writes)
        rowsChanged.increment(by: database.totalChangesCount - stopwatch.rowsBefore)
        guard let connection = database.sqliteConnection else { return }
        hits.increment(by: Self.taken(SQLITE_DBSTATUS_CACHE_HIT, connection))
        misses.increment(by: Self.taken(SQLITE_DBSTATUS_CACHE_MISS, connection))
        spills.increment(by: Self.taken(SQLITE_DBSTATUS_CACHE_SPILL, connection))
    }

    func undone() { rolledBack.increment() }

    func checkpointed(_ duration: Duration) { checkpointTimer.record(duration: duration) }

    func checkpointFailed() { failedCheckpoints.increment() }

    /// What SQLite has counted since it was last asked. It counts in 32 bits, so it is made to start again.
    private static func taken(_ counter: Int32, _ connection: OpaquePointer) -> Int {
        var (value, highest): (Int32, Int32) = (0, 0)
        guard sqlite3_db_status(connection, counter, &value, &highest, 1) == SQLITE_OK else { return 0 }
        return Int(value)
    }
}

/// Times one transaction.
struct CommitStopwatch {
    let rowsBefore: Int
    private let start = ContinuousClock.now
    private var statementsEnd: ContinuousClock.Instant?
    private var end: ContinuousClock.Instant?

    init(_ database: Database) { rowsBefore = database.totalChangesCount }

    var transaction: Duration { start.duration(to: end ?? start) }
    var commit: Duration { (statementsEnd ?? start).duration(to: end ?? start) }

    mutating func statementsAreDone() { statementsEnd = .now }
    mutating func commitIsDone() { end = .now }
}

extension Store {
    /// What the store takes of the disk, and how many writes wait for a commit, at this moment.
    public func samples() -> [MetricSample] {
        let dimensions = [("service", owner)]
        return [
            MetricSample(
                "accord_store_file_bytes", .gauge, "Size of the store's file.", dimensions: dimensions,
                value: Self.size(path)),
            MetricSample(
                "accord_store_wal_bytes", .gauge,
                "Size of the write-ahead log: its most since the start, as it is written over from its beginning.",
                dimensions: dimensions, value: Self.size(path + "-wal")),
            MetricSample(
                "accord_store_writes_waiting", .gauge, "Writes that wait for a transaction.", dimensions: dimensions,
                value: Double(writesWaiting)),
        ]
    }

    private static func size(_ path: String) -> Double {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? UInt64).map { Double($0) } ?? 0
    }
}
