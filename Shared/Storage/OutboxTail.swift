package import Contracts
package import Kernel
import Synchronization

/// An event of the outbox, with what the relay decides by.
package struct OutboxEntry: Sendable {
    package let position: Int64
    package let kind: EventKind
    package let key: String
    package let appendedAt: Instant
    /// Of the binary form, in bytes.
    package let size: Int
    let content: EventContent

    package var event: WireEvent {
        get throws { try content.event }
    }
    var eventID: String { content.id }
}

/// The newest events of the outbox, as they were before they were written: while subscribers keep up, they are told
/// without a read or a second decoding. Bounded; those who fall behind read the table.
final class OutboxTail: Sendable {
    static let maxBytes = 4 << 20
    static let maxEntries = 8_000

    private struct State {
        /// Those that are told, whether or not they are among the cursors yet.
        var subscribers: Set<String> = []
        var cursors: [String: Int64] = [:]
        var entries: [OutboxEntry] = []
        /// Entries before this index have been evicted.
        var start = 0
        var bytes = 0
        /// Every event after this position is among the entries.
        var completeAfter: Int64
        var last: Int64

        private var isFull: Bool { bytes > OutboxTail.maxBytes || entries.count - start > OutboxTail.maxEntries }

        mutating func evict() {
            let delivered = cursors.values.min() ?? last
            while start < entries.count, entries[start].position <= delivered || isFull {
                completeAfter = entries[start].position
                bytes -= entries[start].size
                start += 1
            }
            if start == entries.count || start > 1_024 {
                entries.removeSubrange(..<start)
                start = 0
            }
        }

        /// The index of the first entry after a position.
        func index(after position: Int64) -> Int {
            var (low, high) = (start, entries.count)
            while low < high {
                let middle = (low + high) / 2
                if entries[middle].position <= position { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private let state: Mutex<State>

    init(last: Int64) {
        state = Mutex(State(completeAfter: last, last: last))
    }

    /// The position of the newest event.
    var last: Int64 { state.withLock { $0.last } }

    /// Every subscriber has been told up to here.
    var told: Int64 {
        state.withLock { state in state.subscribers.map { state.cursors[$0] ?? 0 }.min() ?? state.last }
    }

    /// How far each subscriber is.
    var cursors: [String: Int64] { state.withLock { $0.cursors } }

    /// Says who is going to be told.
    func expect(_ subscriber: String) {
        state.withLock { _ = $0.subscribers.insert(subscriber) }
    }

    func append(_ entries: [OutboxEntry]) {
        state.withLock { state in
            state.last = entries.last?.position ?? state.last
            guard !state.cursors.isEmpty else {
                state.completeAfter = state.last
                return
            }
            state.entries += entries
            state.bytes += entries.reduce(0) { $0 + $1.size }
            state.evict()
        }
    }

    /// Remembers how far a subscriber is: what all have been told is let go.
    func advance(_ subscriber: String, to position: Int64) {
        state.withLock { state in
            state.cursors[subscriber] = position
            state.evict()
        }
    }

    /// Replaces events up to a position.
    func erase(_ erasures: Erasures, upTo position: Int64) {
        state.withLock { state in
            for index in state.entries.indices where state.entries[index].position <= position {
                if let entry = erasures.replacement(of: state.entries[index]) { state.entries[index] = entry }
            }
        }
    }

    /// What comes after a position, of the kinds given.
    ///
    /// - Returns: nil where the tail does not reach back that far.
    func entries(after position: Int64, _ wanted: OutboxSelection) -> OutboxSlice? {
        state.withLock { state in
            guard position >= state.completeAfter else { return nil }
            var slice = OutboxSlice(scannedTo: position)
            for entry in state.entries[state.index(after: position)...] {
                guard slice.take(entry.position, size: entry.size, wanted) else { break }
                if wanted.kinds.contains(entry.kind) { slice.add(entry) }
            }
            return slice
        }
    }
}

/// Which events a subscriber wants next, and how many it can be handed at once.
package struct OutboxSelection: Sendable {
    package let kinds: Set<EventKind>
    package let maxEvents: Int
    package let maxBytes: Int

    package init(kinds: Set<EventKind>, maxEvents: Int, maxBytes: Int) {
        self.kinds = kinds
        self.maxEvents = maxEvents
        self.maxBytes = maxBytes
    }
}

/// Events in order of position, and how far the outbox was looked through for them.
package struct OutboxSlice: Sendable {
    package private(set) var entries: [OutboxEntry] = []
    package private(set) var scannedTo: Int64
    private var bytes = 0

    init(scannedTo: Int64) {
        self.scannedTo = scannedTo
    }

    /// Whether the next event can be part of the slice; if so, it counts as seen.
    mutating func take(_ position: Int64, size: Int, _ wanted: OutboxSelection) -> Bool {
        guard entries.count < wanted.maxEvents, entries.isEmpty || bytes + size <= wanted.maxBytes else { return false }
        scannedTo = position
        return true
    }

    mutating func add(_ entry: OutboxEntry) {
        entries.append(entry)
        bytes += entry.size
    }
}
