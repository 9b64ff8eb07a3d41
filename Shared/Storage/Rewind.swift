package import Contracts
import GRDB
package import Kernel

/// What a subscriber is told again.
package struct Rewind: Sendable {
    /// Of the events that it hears.
    package let count: Int
    /// Set where events before this moment are wanted too, and are kept no more.
    package let goneBefore: Instant?
}

extension Store {
    /// Has a subscriber told again what was appended from a moment on, since it has lost it. Events that it knows all the
    /// same have no effect there. No relay may run.
    ///
    /// - Parameter kinds: what it hears.
    package func rewind(_ subscriber: String, kinds: Set<EventKind>, to moment: Instant) async throws -> Rewind {
        try await write { transaction in
            let database = transaction.database
            let told = try Outbox.cursor(subscriber, database)
            let first = try Int64.fetchOne(
                database, sql: "SELECT position FROM outbox WHERE appended_at >= ? ORDER BY position LIMIT 1",
                arguments: [moment])
            let position = min(told, first.map { $0 - 1 } ?? told)
            if position < told { try Outbox.setCursor(subscriber, position, database) }
            let again = try Row.fetchAll(
                database, sql: "SELECT kind, count(*) FROM outbox WHERE position > ? AND position <= ? GROUP BY kind",
                arguments: [position, told])
            let count = again.reduce(0) { count, row in
                EventKind(rawValue: row[0]).map(kinds.contains) == true ? count + (row[1] as Int) : count
            }
            let oldest = try Row.fetchOne(
                database, sql: "SELECT position, appended_at FROM outbox ORDER BY position LIMIT 1")
            let (firstKept, keptFrom): (Int64, Instant) =
                oldest.map { row in (row[0], row[1]) } ?? (told + 1, transaction.now)
            return Rewind(count: count, goneBefore: firstKept > 1 && keptFrom > moment ? keptFrom : nil)
        }
    }
}
