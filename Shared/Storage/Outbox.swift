import Contracts
import GRDB
import Kernel
import RPC
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An event that a transaction has appended: it goes into the table at the transaction's end, with the others.
struct PendingEvent {
    let kind: EventKind
    let content: EventContent
    /// Empty where it is handed over in memory, as it mostly is, see ``UntoldEvents``.
    let bytes: [UInt8]
}

/// The table of events that are to be told, and how far each subscriber has been told them.
enum Outbox {
    /// What one call of `Publish` may hold, and so the most that one event may.
    static let maxBatchBytes = 1 << 20
    static let maxBatchEvents = 500
    /// Rows looked through at a time for kinds that a subscriber hears.
    private static let scanLimit = 2_000

    static func pending(_ event: WireEvent, kind: EventKind) throws -> PendingEvent {
        PendingEvent(kind: kind, content: .whole(event), bytes: try bounded(event.storedBytes(), key: event.key))
    }

    /// - Throws: `resource_exhausted` where the event is larger than a batch may be.
    static func bounded(_ bytes: [UInt8], key: String) throws -> [UInt8] {
        guard bytes.count <= maxBatchBytes else {
            throw RPCError(
                .resourceExhausted, "an event about \(key) has \(bytes.count) bytes, more than \(maxBatchBytes)")
        }
        return bytes
    }

    /// Puts events into the table, in their order.
    static func insert(_ events: [PendingEvent], now: Instant, _ database: Database) throws -> [OutboxEntry] {
        let values = events.flatMap { pending -> [ColumnValue] in
            [
                .text(pending.kind.rawValue), .text(pending.content.key), .integer(Int64(pending.content.partition)),
                .instant(now), .blob(pending.bytes),
            ]
        }
        var entries: [OutboxEntry] = []
        entries.reserveCapacity(events.count)
        try insertion.run(values, database) { rows in
            // Positions of one statement follow each other.
            let first = database.lastInsertedRowID - Int64(rows) + 1
            for row in 0..<rows {
                let pending = events[entries.count]
                entries.append(
                    OutboxEntry(
                        position: first + Int64(row), kind: pending.kind, key: pending.content.key, appendedAt: now,
                        size: pending.bytes.count, content: pending.content))
            }
        }
        return entries
    }

    /// Puts events into the table that have their positions.
    static func insert(_ entries: [OutboxEntry], _ database: Database) throws {
        let values = try entries.flatMap { entry -> [ColumnValue] in
            [
                .integer(entry.position), .text(entry.kind.rawValue), .text(entry.key),
                .integer(Int64(entry.content.partition)), .instant(entry.appendedAt),
                .blob(try entry.event.storedBytes()),
            ]
        }
        try placedInsertion.run(values, database)
    }

    private static let placedInsertion = RowInsert(
        "INSERT INTO outbox (position, kind, key, partition, appended_at, event) VALUES", columns: 6)

    /// The newest position that was ever given in the table.
    static func last(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'") ?? 0
    }

    /// Makes positions go on behind one whose event was never put into the table.
    static func reserve(upTo position: Int64, _ database: Database) throws {
        try database.run(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'outbox'", [.integer(position)])
        guard database.changesCount == 0 else { return }
        try database.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", [.integer(position)])
    }

    /// `OR FAIL`, since a statement that may undo itself alone copies every page that it changes; a fault undoes all.
    private static let insertion = RowInsert(
        "INSERT OR FAIL INTO outbox (kind, key, partition, appended_at, event) VALUES", columns: 5)

    /// Reads from the table what ``OutboxTail`` does not reach.
    static func entries(after position: Int64, _ wanted: OutboxSelection, _ database: Database) throws -> OutboxSlice {
        let statement = try database.cachedStatement(
            sql: """
                SELECT position, kind, key, appended_at, length(event), event FROM outbox
                WHERE position > ? ORDER BY position LIMIT ?
                """)
        var slice = OutboxSlice(scannedTo: position)
        let rows = try Row.fetchCursor(statement, arguments: [position, scanLimit])
        while let row = try rows.next() {
            let (position, size): (Int64, Int) = (row[0], row[4])
            guard slice.take(position, size: size, wanted) else { break }
            guard let kind = EventKind(rawValue: row[1]), wanted.kinds.contains(kind) else { continue }
            slice.add(try entry(row, position: position, kind: kind, size: size))
        }
        return slice
    }

    private static func entry(_ row: Row, position: Int64, kind: EventKind, size: Int) throws -> OutboxEntry {
        OutboxEntry(
            position: position, kind: kind, key: row[2], appendedAt: row[3], size: size,
            content: .whole(try row.withUnsafeData(atIndex: 5) { try WireEvent(serializedBytes: $0 ?? Data()) }))
    }

    static func cursor(_ subscriber: String, _ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT position FROM relay_cursor WHERE subscriber = ?")
        return try Int64.fetchOne(statement, arguments: [subscriber]) ?? 0
    }

    static func setCursor(_ subscriber: String, _ position: Int64, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO relay_cursor (subscriber, position) VALUES (?, ?)
                ON CONFLICT (subscriber) DO UPDATE SET position = excluded.position
                """)
        try statement.execute(arguments: [subscriber, position])
    }
}
