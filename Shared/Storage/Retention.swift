import GRDB
public import Kernel
import Platform

/// How long a store keeps what is needed no more. Lengths of time by the store's clock.
public struct Retention: Sendable {
    /// Events that every subscriber has.
    public var outbox = TimeSpan.days(7)
    /// Ids of events that were applied; longer than any sender keeps its outbox.
    public var inbox = TimeSpan.days(14)
    /// Answers to calls with an idempotency key.
    public var idempotency = TimeSpan.days(2)

    public init() {}

    /// The most rows of a table that one step removes.
    static let stepLimit = 1_000
}

extension Store {
    /// Removes a bounded amount of what is past its retention.
    ///
    /// - Parameter subscribers: those that must have been told an event before it goes.
    /// - Returns: the rows removed; 0 means that nothing more is past its time.
    package func trim(_ retention: Retention, subscribers: [String]) async throws -> Int {
        try await write { transaction in
            let (database, now) = (transaction.database, transaction.now)
            let told = try subscribers.map { try Outbox.cursor($0, database) }.min() ?? Int64.max
            let oldest = { (span: TimeSpan) in Instant(microseconds: now.microseconds - span.microseconds) }
            try database.cachedStatement(sql: Trimming.outbox)
                .execute(arguments: [told, Retention.stepLimit, oldest(retention.outbox)])
            var removed = database.changesCount
            try database.cachedStatement(sql: Trimming.inbox)
                .execute(arguments: [Retention.stepLimit, oldest(retention.inbox)])
            removed += database.changesCount
            try database.cachedStatement(sql: Trimming.idempotency)
                .execute(arguments: [Retention.stepLimit, oldest(retention.idempotency)])
            return removed + database.changesCount
        }
    }
}

/// Rows are in order of time, so each step looks at the oldest ones only.
private enum Trimming {
    static let outbox = """
        DELETE FROM outbox WHERE position IN (
            SELECT position FROM (
                SELECT position, appended_at FROM outbox
                WHERE position <= ? AND position NOT IN (SELECT position FROM relay_exception)
                ORDER BY position LIMIT ?)
            WHERE appended_at < ?)
        """
    static let inbox = """
        DELETE FROM inbox WHERE sequence IN (
            SELECT sequence FROM (SELECT sequence, received_at FROM inbox ORDER BY sequence LIMIT ?)
            WHERE received_at < ?)
        """
    static let idempotency = """
        DELETE FROM idempotency WHERE sequence IN (
            SELECT sequence FROM (SELECT sequence, stored_at FROM idempotency ORDER BY sequence LIMIT ?)
            WHERE stored_at < ?)
        """
}
