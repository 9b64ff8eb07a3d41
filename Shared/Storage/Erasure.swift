import Contracts
import GRDB
import Kernel
import SwiftProtobuf

extension StoreTransaction {
    /// Has every stored event about one of these ids replaced in place by `LeadErased`, and every stored answer forgotten
    /// that names one; what the transaction appends after this stays as it is. Where subscribers stand does not change:
    /// an event keeps its position and its id.
    ///
    /// All erasures of a transaction read the outbox once.
    ///
    /// - Parameter leadIDs: all that ever meant the lead.
    public func erase(_ leadIDs: [String]) {
        notes.erase(leadIDs)
    }
}

/// Leads of which no event and no answer may tell any more, each with all its ids.
struct Erasures: Sendable {
    private var leads: [[String]] = []
    private var places: [String: Int] = [:]

    init(_ leads: [[String]] = []) {
        for ids in leads { add(ids) }
    }

    private mutating func add(_ leadIDs: [String]) {
        let ids = Set(leadIDs).sorted()
        for id in ids { places[id] = leads.count }
        leads.append(ids)
    }

    var isEmpty: Bool { places.isEmpty }
    /// Of all leads, in their order.
    var leadIDs: [String] { places.keys.sorted() }

    /// What takes the place of an event; nil where it is of someone else, or says no more than that.
    ///
    /// - Parameter event: its payload does not matter.
    func replacement(of event: WireEvent, kind: EventKind?) -> WireEvent? {
        guard let place = places[event.key], kind != .leadErased else { return nil }
        return .with {
            $0.eventID = event.eventID
            $0.source = event.source
            $0.key = event.key
            $0.partition = event.partition
            $0.occurredAt = event.occurredAt
            $0.leadErased.leadID = event.key
            $0.leadErased.otherIds = leads[place].filter { $0 != event.key }
        }
    }

    /// The same of one that is in memory.
    func replacement(of entry: OutboxEntry) -> OutboxEntry? {
        guard places[entry.key] != nil, let event = replacement(of: entry.content.envelope, kind: entry.kind)
        else { return nil }
        return OutboxEntry(
            position: entry.position, kind: .leadErased, key: entry.key, appendedAt: entry.appendedAt,
            size: entry.size, content: .whole(event))
    }
}

extension Erasures {
    private static let idsPerStatement = 1_000

    /// Replaces what is in the tables.
    ///
    /// - Parameter answer: the key of the call that is being answered, whose answer stays.
    func run(now: Instant, keeping answer: String?, _ database: Database) throws {
        let ids = leadIDs
        for start in stride(from: 0, to: ids.count, by: Self.idsPerStatement) {
            let some = Array(ids[start..<min(ids.count, start + Self.idsPerStatement)])
            let places = some.map { _ in "?" }.joined(separator: ", ")
            try replaceEvents(some.map(ColumnValue.text), places, database)
            // Whoever refused the event before has not heard this one; what it said then may quote the event.
            try database.run(
                """
                UPDATE relay_exception SET state = iif(state = 'held', 'held', 'retrying'), attempts = 0,
                next_attempt_at = ?, changed_at = ?, error = '' WHERE key IN (\(places))
                """, [.instant(now), .instant(now)] + some.map(ColumnValue.text))
            try IdempotentCall.forgetAnswers(naming: some, keeping: answer, database)
        }
    }

    private func replaceEvents(_ ids: [ColumnValue], _ places: String, _ database: Database) throws {
        var replaced: [(position: Int64, event: WireEvent)] = []
        try database.rows(
            "SELECT position, event FROM outbox WHERE kind <> '\(EventKind.leadErased.rawValue)' AND key IN (\(places))",
            ids
        ) { row in
            let event = try WireEvent(serializedBytes: row.blob(1))
            if let erased = replacement(of: event, kind: event.payload?.kind) {
                replaced.append((row.integer(0), erased))
            }
        }
        for (position, event) in replaced {
            try database.run(
                "UPDATE outbox SET kind = ?, event = ? WHERE position = ?",
                [.text(EventKind.leadErased.rawValue), .blob(try event.storedBytes()), .integer(position)])
        }
    }
}
