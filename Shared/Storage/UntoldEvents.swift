import Contracts
import GRDB
import Kernel
import Synchronization

/// The outbox of a store that keeps no event once all have been told it: what some subscriber lacks, in memory, so that
/// most events are never encoded and never written.
final class UntoldEvents: Sendable {
    fileprivate struct State {
        var last: Int64
        /// Not in the table.
        var entries: [OutboxEntry] = []
        /// So many are worth a look at what all have been told.
        var lookAt = UntoldEvents.few
        /// As they are in the database.
        var savedLast: Int64
        var savedCursors: [String: Int64] = [:]
    }

    private static let few = 200
    /// As many are written.
    private static let limit = 4_000
    private let tail: OutboxTail
    private let state: Mutex<State>

    init(_ tail: OutboxTail) {
        self.tail = tail
        state = Mutex(State(last: tail.last, savedLast: tail.last))
    }

    /// Gives events their positions.
    func add(_ appended: [PendingEvent], at now: Instant) -> [OutboxEntry] {
        state.withLock { state in
            let first = state.last + 1
            let entries = appended.enumerated().map { index, pending in
                OutboxEntry(
                    position: first + Int64(index), kind: pending.kind, key: pending.content.key, appendedAt: now,
                    size: pending.bytes.count, content: pending.content)
            }
            state.last += Int64(entries.count)
            state.entries += entries
            return entries
        }
    }

    /// Replaces events that are not in the table.
    func erase(_ erasures: Erasures) {
        state.withLock { state in
            for index in state.entries.indices {
                if let entry = erasures.replacement(of: state.entries[index]) { state.entries[index] = entry }
            }
        }
    }

    /// Lets go what all have been told.
    ///
    /// - Returns: whether so many wait in memory that they are better written.
    func isLong() -> Bool {
        guard state.withLock({ $0.entries.count >= $0.lookAt }) else { return false }
        let told = tail.told
        return state.withLock { state in
            state.letGo(upTo: told)
            state.lookAt = min(max(Self.few, state.entries.count * 2), Self.limit)
            return state.entries.count >= Self.limit
        }
    }

    /// Puts what some subscriber lacks into the table, and the position of the newest event into the database.
    func write(_ database: Database) throws {
        let told = tail.told
        let (entries, last, isNewer) = state.withLock { state in
            state.letGo(upTo: told)
            defer { (state.entries, state.lookAt) = ([], Self.few) }
            return (state.entries, state.last, state.last > state.savedLast)
        }
        try Outbox.insert(entries, database)
        guard isNewer else { return }
        try Outbox.reserve(upTo: last, database)
        state.withLock { $0.savedLast = last }
    }

    /// Writes how far subscribers are.
    func writeCursors(_ database: Database) throws {
        let cursors = tail.cursors
        let saved = state.withLock { $0.savedCursors }
        for (subscriber, position) in cursors.sorted(by: { $0.key < $1.key }) where saved[subscriber] != position {
            try Outbox.setCursor(subscriber, position, database)
        }
        state.withLock { $0.savedCursors = cursors }
    }
}

extension UntoldEvents.State {
    fileprivate mutating func letGo(upTo told: Int64) {
        guard let first = entries.first, first.position <= told else { return }
        entries.removeSubrange(..<(entries.firstIndex { $0.position > told } ?? entries.count))
    }
}
