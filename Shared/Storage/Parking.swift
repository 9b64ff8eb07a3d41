package import Contracts
package import GRDB
import Kernel
import Platform
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What people do with events that a subscriber refused too often, and how they look at the outbox.
package enum Parking {
    /// Parked events in order of subscriber and position, from behind a place in that order.
    package static func list(
        after: (subscriber: String, position: Int64), limit: Int, _ database: Database
    ) throws -> [WireParkedEvent] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT e.subscriber, e.position, o.event, e.error, e.attempts, e.changed_at,
                    (SELECT count(*) FROM relay_exception AS behind
                     WHERE behind.subscriber = e.subscriber AND behind.key = e.key AND behind.position > e.position)
                FROM relay_exception AS e JOIN outbox AS o USING (position)
                WHERE e.state = 'parked' AND (e.subscriber, e.position) > (?, ?)
                ORDER BY e.subscriber, e.position LIMIT ?
                """, arguments: [after.subscriber, after.position, limit])
        return try rows.map { row in
            let (stored, parkedAt): (Data, Instant) = (row[2], row[5])
            let event = try WireEvent(serializedBytes: stored)
            return .with {
                $0.subscriber = row[0]
                $0.position = row[1]
                $0.event = event
                $0.error = row[3]
                $0.attempts = row[4]
                $0.parkedAt = parkedAt.wire
                $0.held = row[6]
            }
        }
    }

    /// What subscribers have not taken though it was told them: how many events, and why the first of them was refused;
    /// nil where they have taken all.
    package static func untaken(_ database: Database) throws -> (count: Int, reason: String)? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT (SELECT count(*) FROM relay_exception), subscriber, key, error FROM relay_exception
                WHERE state <> 'held' ORDER BY position, subscriber LIMIT 1
                """)
        return row.map { row in
            let (count, subscriber, key, error): (Int, String, String, String) = (row[0], row[1], row[2], row[3])
            return (count, "\(subscriber) refused one about \(key): \(error)")
        }
    }

    /// Makes parked events due, with all their tries before them.
    ///
    /// - Parameter eventIDs: empty means all.
    package static func retry(_ eventIDs: [String], in store: Store) async throws -> Int {
        try await change(store, eventIDs, all: eventIDs.isEmpty) { database, now, clause, arguments in
            try database.execute(
                sql: """
                    UPDATE relay_exception SET state = 'retrying', attempts = 0, next_attempt_at = ?, changed_at = ?
                    WHERE state = 'parked' \(clause)
                    """, arguments: [now, now] + arguments)
        }
    }

    /// Gives parked events up: the next one of their key becomes due.
    package static func drop(_ eventIDs: [String], in store: Store) async throws -> Int {
        try await change(store, eventIDs, all: false) { database, _, clause, arguments in
            try database.execute(
                sql: "DELETE FROM relay_exception WHERE state = 'parked' \(clause)", arguments: arguments)
        }
    }

    private static func change(
        _ store: Store, _ eventIDs: [String], all: Bool,
        _ run: @escaping @Sendable (Database, Instant, _ clause: String, StatementArguments) throws -> Void
    ) async throws -> Int {
        let wanted = all ? [nil] : Set(eventIDs).sorted().map(Optional.some)
        let count = try await store.write { transaction in
            try wanted.reduce(0) { count, id in
                try run(
                    transaction.database, transaction.now, id == nil ? "" : "AND event_id = ?",
                    id.map { [$0] } ?? StatementArguments())
                return count + transaction.database.changesCount
            }
        }
        store.exceptionChanges.raise()
        store.outboxChanges.raise()
        return count
    }

    /// The outbox after a position, oldest first.
    package static func tail(after position: Int64, limit: Int, _ database: Database) throws -> [WireTailedEvent] {
        var events: [WireTailedEvent] = []
        try database.rows(
            "SELECT position, event FROM outbox WHERE position > ? ORDER BY position LIMIT ?",
            [.integer(position), .integer(limit)]
        ) { row in
            let event = try WireEvent(serializedBytes: row.blob(1))
            events.append(
                .with {
                    $0.position = row.integer(0)
                    $0.event = event
                })
        }
        return events
    }
}
