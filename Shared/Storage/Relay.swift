package import Contracts
package import Kernel
import Metrics
import Platform
import RPC

/// Tells one subscriber the events of the outbox: in order per key, at least once.
///
/// Where it stands is in the database: the cursor moves in one transaction with what was refused on the way, after
/// the subscriber has answered. A crash at any point repeats a batch at worst, and the subscriber's inbox knows it.
package actor Relay {
    /// The keys of which an event waits, as the database has them.
    private struct Blocked {
        var heads: [RelayExceptions.Head] = []
        var keys: Set<String> = []
        var counts = (waiting: 0, parked: 0)
        var seen: UInt64 = 0
    }

    package nonisolated let subscriber: String
    private let store: Store
    private let kinds: Set<EventKind>
    private let transport: any EventTransport
    private let settings: RelaySettings
    private let gauges: RelayGauges
    private var random: SeededRandom
    /// Nil until it has been read.
    private var cursor: Int64?
    private var savedCursor: Int64 = 0
    private var blocked = Blocked()
    private var failures = 0
    private var pausedUntil: Instant?
    /// Halved when a batch is refused as a whole, to find the event that is at fault.
    private var batchLimit: Int
    private var oldestUndelivered: Instant?
    private var isRunning = false

    package init(
        _ store: Store, subscriber: String, kinds: Set<EventKind>, transport: any EventTransport,
        settings: RelaySettings = RelaySettings()
    ) {
        self.store = store
        self.subscriber = subscriber
        self.kinds = kinds
        self.transport = transport
        self.settings = settings
        gauges = RelayGauges(owner: store.owner, subscriber: subscriber)
        random = SeededRandom(seed: Partition.fnv1a("\(store.owner) to \(subscriber)".utf8))
        batchLimit = max(1, min(settings.maxEvents, Outbox.maxBatchEvents))
        store.tail.expect(subscriber)
    }

    /// Sends a batch of what is due, and a batch of what is new.
    ///
    /// - Returns: how many events got an answer; 0 means that nothing can be sent now.
    /// - Throws: ``RPCError`` where a call did not get through. Until a wait is over, nothing is sent.
    package func runOnce() async throws -> Int {
        guard !isRunning else { return 0 }
        isRunning = true
        defer { isRunning = false }
        let now = store.clock.now()
        defer { gauges.record(depth: depth, since: oldestUndelivered, parked: blocked.counts.parked, now: now) }
        guard settings.callBackoff.left(until: pausedUntil, now: now) == nil else { return 0 }
        pausedUntil = nil
        try await load()
        return try await sendDue(now) + sendNew(now)
    }

    /// How long nothing new can happen unless the outbox grows; nil where nothing waits for its time.
    package func timeUntilDue() -> TimeSpan? {
        let now = store.clock.now()
        if let left = settings.callBackoff.left(until: pausedUntil, now: now) { return left }
        return blocked.heads.compactMap(\.dueAt)
            .map { settings.eventBackoff.left(until: $0, now: now) ?? TimeSpan(microseconds: 0) }
            .min()
    }

    private var depth: Int64 { max(0, store.tail.last - (cursor ?? 0)) + Int64(blocked.counts.waiting) }

    // MARK: - Where it stands

    private func load() async throws {
        let subscriber = subscriber
        if cursor == nil {
            let stored = try await store.read { try Outbox.cursor(subscriber, $0) }
            (cursor, savedCursor) = (stored, stored)
            blocked.seen = .max
            store.tail.advance(subscriber, to: stored)
        }
        let version = store.exceptionChanges.version
        if blocked.seen != version { try await loadBlocked(version) }
    }

    private func loadBlocked(_ version: UInt64) async throws {
        let subscriber = subscriber
        let (heads, counts) = try await store.read { database in
            (try RelayExceptions.heads(subscriber, database), try RelayExceptions.counts(subscriber, database))
        }
        blocked = Blocked(heads: heads, keys: Set(heads.map(\.key)), counts: counts, seen: version)
    }

    // MARK: - Events that have waited

    private func sendDue(_ now: Instant) async throws -> Int {
        let due = blocked.heads.filter { head in
            head.dueAt.map { settings.eventBackoff.left(until: $0, now: now) == nil } ?? false
        }
        guard !due.isEmpty else { return 0 }
        while true {
            let batch = try await waiting(due.map(\.key))
            guard let outcomes = try await publish(batch.map(\.sent), batch.map(\.event), now) else { continue }
            try await save(zip(batch.map(\.sent), outcomes).map { ($0, $1) }, cursor: nil)
            return outcomes.count
        }
    }

    private func waiting(_ keys: [String]) async throws -> [RelayExceptions.Waiting] {
        let (subscriber, maxEvents, maxBytes) = (subscriber, batchLimit, settings.maxBytes)
        return try await store.read { database in
            var batch: [RelayExceptions.Waiting] = []
            var bytes = 0
            for key in keys where batch.count < maxEvents && bytes < maxBytes {
                let found = try RelayExceptions.waiting(
                    subscriber, key: key, maxEvents: maxEvents - batch.count, maxBytes: maxBytes - bytes, database)
                let size = found.reduce(0) { $0 + $1.size }
                guard batch.isEmpty || bytes + size <= maxBytes else { break }
                batch += found
                bytes += size
            }
            return batch
        }
    }

    // MARK: - Events that are new

    private func sendNew(_ now: Instant) async throws -> Int {
        while true {
            let from = cursor ?? 0
            let slice = try await nextSlice(after: from)
            guard slice.scannedTo > from else {
                oldestUndelivered = nil
                return 0
            }
            guard !slice.entries.isEmpty else {
                try await skip(to: slice.scannedTo)
                continue
            }
            oldestUndelivered = slice.entries.first?.appendedAt
            if let count = try await send(slice, now) { return count }
        }
    }

    private func nextSlice(after position: Int64) async throws -> OutboxSlice {
        let wanted = OutboxSelection(
            kinds: kinds, maxEvents: batchLimit, maxBytes: min(settings.maxBytes, Outbox.maxBatchBytes))
        if let slice = store.tail.entries(after: position, wanted) { return slice }
        try await store.writeUntoldEvents()
        return try await store.read { try Outbox.entries(after: position, wanted, $0) }
    }

    /// Passes events that the subscriber does not hear. To save writes, the cursor in the database may lag behind:
    /// after a crash they are passed again.
    private func skip(to position: Int64) async throws {
        if position - savedCursor > 5_000 {
            try await save([], cursor: position)
        } else {
            cursor = position
            store.tail.advance(subscriber, to: position)
        }
    }

    /// - Returns: nil where half of it is to be sent instead.
    private func send(_ slice: OutboxSlice, _ now: Instant) async throws -> Int? {
        let entries = slice.entries
        let plan = RelayDecision.plan(
            keys: entries.map(\.key), sizes: entries.map(\.size), blocked: blocked.keys, maxEvents: batchLimit,
            maxBytes: settings.maxBytes)
        let sent = plan.send.map { Self.sent(entries[$0]) }
        guard let outcomes = try await publish(sent, plan.send.map { try entries[$0].event }, now) else { return nil }
        let refused = zip(sent, outcomes).filter { $1 != .delivered }.map { ($0, $1) }
        let held = plan.hold.map { (Self.sent(entries[$0]), RelayDecision.Outcome.held) }
        let reached = plan.considered == entries.count ? slice.scannedTo : entries[plan.considered - 1].position
        try await save(refused + held, cursor: reached)
        return plan.considered
    }

    private static func sent(_ entry: OutboxEntry) -> RelayDecision.Sent {
        RelayDecision.Sent(
            position: entry.position, key: entry.key, eventID: entry.eventID, attempts: 0, kind: entry.kind)
    }

    // MARK: - The call and what came of it

    /// - Returns: nil where the batch was refused as a whole and half of it is to be sent instead.
    private func publish(
        _ sent: [RelayDecision.Sent], _ events: [WireEvent], _ now: Instant
    ) async throws -> [RelayDecision.Outcome]? {
        guard !sent.isEmpty else { return [] }
        do {
            let results = try await transport.publish(events)
            let outcomes = try RelayDecision.outcomes(sent, results, now: now, settings: settings, random: &random)
            failures = 0
            pausedUntil = nil
            batchLimit = min(settings.maxEvents, Outbox.maxBatchEvents, batchLimit * 2)
            return outcomes
        } catch {
            return try afterRefusal(sent, error, now)
        }
    }

    /// - Throws: the error, where the subscriber or the way to it is at fault.
    private func afterRefusal(
        _ sent: [RelayDecision.Sent], _ error: any Error, _ now: Instant
    ) throws -> [RelayDecision.Outcome]? {
        let refusal = (error as? RPCError).map { RelayDecision.refusal($0, events: sent.count) } ?? .wait
        switch refusal {
        case .fail:
            let text = (error as? RPCError)?.message ?? "\(error)"
            return sent.map { RelayDecision.failure($0, text, now: now, settings: settings, random: &random) }
        case .narrow:
            batchLimit = max(1, sent.count / 2)
            return nil
        case .wait:
            failures += 1
            pausedUntil = now.adding(settings.callBackoff.wait(failures: failures, random: &random))
            throw error
        }
    }

    private func save(_ outcomes: [(RelayDecision.Sent, RelayDecision.Outcome)], cursor reached: Int64?) async throws {
        if !outcomes.isEmpty || !store.savesCursors { try await write(outcomes, cursor: reached) }
        if let reached {
            (cursor, savedCursor) = (reached, reached)
            store.tail.advance(subscriber, to: reached)
        }
        if !outcomes.isEmpty { try await loadBlocked(store.exceptionChanges.version) }
    }

    private func write(_ outcomes: [(RelayDecision.Sent, RelayDecision.Outcome)], cursor reached: Int64?) async throws {
        let subscriber = subscriber
        try await store.writeUntoldEvents()
        try await store.write { transaction in
            for (sent, outcome) in outcomes {
                try RelayExceptions.record(
                    sent, outcome, subscriber: subscriber, now: transaction.now, transaction.database)
            }
            if let reached { try Outbox.setCursor(subscriber, reached, transaction.database) }
        }
    }
}

/// How far behind a subscriber is, as metrics.
private struct RelayGauges: Sendable {
    private let depth: Gauge
    private let age: Gauge
    private let parked: Gauge

    init(owner: String, subscriber: String) {
        let factory = MetricsSystem.factory
        factory.describe("accord_outbox_depth", "Events that a subscriber has not confirmed yet.")
        factory.describe("accord_outbox_age_seconds", "Age of the oldest event that a subscriber has not confirmed.")
        factory.describe("accord_outbox_parked", "Events that a subscriber has refused too often to be told again.")
        let dimensions = [("service", owner), ("subscriber", subscriber)]
        depth = Gauge(label: "accord_outbox_depth", dimensions: dimensions, factory: factory)
        age = Gauge(label: "accord_outbox_age_seconds", dimensions: dimensions, factory: factory)
        parked = Gauge(label: "accord_outbox_parked", dimensions: dimensions, factory: factory)
    }

    func record(depth: Int64, since: Instant?, parked: Int, now: Instant) {
        self.depth.record(depth)
        age.record(since.map { max(0, now.seconds(since: $0)) } ?? 0)
        self.parked.record(parked)
    }
}
