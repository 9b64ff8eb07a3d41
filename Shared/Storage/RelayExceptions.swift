import Contracts
import GRDB
import Kernel
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The events that a subscriber has not taken though its cursor is past them.
enum RelayExceptions {
    /// The first such event of a key: the others of the key wait for it.
    struct Head: Sendable {
        let key: String
        let position: Int64
        /// Nil where it waits for a person.
        let dueAt: Instant?
    }

    static func heads(_ subscriber: String, _ database: Database) throws -> [Head] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT key, min(position), state, next_attempt_at FROM relay_exception WHERE subscriber = ?
                GROUP BY key ORDER BY min(position)
                """)
        return try Row.fetchAll(statement, arguments: [subscriber]).map { row in
            let state: String = row[2]
            let dueAt: Instant? =
                switch state {
                case "parked": nil
                case "held": .distantPast
                default: row[3]
                }
            return Head(key: row[0], position: row[1], dueAt: dueAt)
        }
    }

    /// An event that waits, with how often it has failed.
    struct Waiting: Sendable {
        let sent: RelayDecision.Sent
        let event: WireEvent
        let size: Int
    }

    /// The events of a key that wait, in order, as many as fit.
    static func waiting(
        _ subscriber: String, key: String, maxEvents: Int, maxBytes: Int, _ database: Database
    ) throws -> [Waiting] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT position, event_id, attempts, event FROM relay_exception JOIN outbox USING (position)
                WHERE subscriber = ? AND relay_exception.key = ? ORDER BY position LIMIT ?
                """)
        var found: [Waiting] = []
        var bytes = 0
        let rows = try Row.fetchCursor(statement, arguments: [subscriber, key, maxEvents])
        while let row = try rows.next() {
            let stored: Data = row[3]
            bytes += stored.count
            guard found.isEmpty || bytes <= maxBytes else { break }
            let event = try WireEvent(serializedBytes: stored)
            let sent = RelayDecision.Sent(
                position: row[0], key: key, eventID: row[1], attempts: row[2], kind: event.payload?.kind)
            found.append(Waiting(sent: sent, event: event, size: stored.count))
        }
        return found
    }

    static func record(
        _ sent: RelayDecision.Sent, _ outcome: RelayDecision.Outcome, subscriber: String, now: Instant,
        _ database: Database
    ) throws {
        switch outcome {
        case .delivered:
            try delete(sent.position, subscriber: subscriber, database)
        case .held:
            try put(sent, "held", attempts: sent.attempts, at: now, error: "", subscriber, now, database)
        case .retrying where try wasErased(sent, database), .parked where try wasErased(sent, database):
            try put(sent, "retrying", attempts: 0, at: now, error: "", subscriber, now, database)
        case .retrying(let attempts, let at, let error):
            try put(sent, "retrying", attempts: attempts, at: at, error: error, subscriber, now, database)
        case .parked(let attempts, let error):
            try put(sent, "parked", attempts: attempts, at: now, error: error, subscriber, now, database)
        }
    }

    /// Whether another event has taken the place of one since it was sent: what was said of that does not count.
    private static func wasErased(_ sent: RelayDecision.Sent, _ database: Database) throws -> Bool {
        guard sent.kind != .leadErased else { return false }
        let kind = try database.row("SELECT kind FROM outbox WHERE position = ?", [.integer(sent.position)]) {
            $0.text(0)
        }
        return kind == EventKind.leadErased.rawValue
    }

    private static func delete(_ position: Int64, subscriber: String, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "DELETE FROM relay_exception WHERE subscriber = ? AND position = ?")
        try statement.execute(arguments: [subscriber, position])
    }

    private static func put(
        _ sent: RelayDecision.Sent, _ state: String, attempts: Int, at: Instant, error: String, _ subscriber: String,
        _ now: Instant, _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO relay_exception
                (subscriber, position, key, event_id, state, attempts, next_attempt_at, changed_at, error)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (subscriber, position) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
                next_attempt_at = excluded.next_attempt_at, changed_at = excluded.changed_at, error = excluded.error
                """)
        try statement.execute(arguments: [
            subscriber, sent.position, sent.key, sent.eventID, state, attempts, at, now, error,
        ])
    }

    static func counts(_ subscriber: String, _ database: Database) throws -> (waiting: Int, parked: Int) {
        let statement = try database.cachedStatement(
            sql: "SELECT count(*), count(*) FILTER (WHERE state = 'parked') FROM relay_exception WHERE subscriber = ?")
        guard let row = try Row.fetchOne(statement, arguments: [subscriber]) else { return (0, 0) }
        return (row[0], row[1])
    }
}
