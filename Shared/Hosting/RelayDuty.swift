import Kernel
import Platform
package import Storage
import Synchronization

/// Tells one subscriber the events of this service, as soon as they are committed.
package struct RelayDuty: Duty {
    package var name: String { "relay to \(relay.subscriber)" }
    private let relay: Relay
    private let store: Store
    private let progress = Progress()

    package init(_ relay: Relay, store: Store) {
        self.relay = relay
        self.store = store
    }

    /// How long to rest where the outbox does not grow: until something that failed is due, ten seconds at most.
    package var interval: Duration {
        min(.seconds(10), progress.timeUntilDue.withLock { $0 }.map { .microseconds($0.microseconds) } ?? .seconds(10))
    }

    package func runOnce() async throws -> Int {
        let version = store.outboxChanges.version
        guard progress.idle.load(ordering: .relaxed) != version else { return 0 }
        progress.seen.store(version, ordering: .relaxed)
        progress.idle.store(.max, ordering: .relaxed)
        do {
            let count = try await relay.runOnce()
            if await noteDue() == nil, count == 0 { progress.idle.store(version, ordering: .relaxed) }
            return count
        } catch {
            await noteDue()
            throw error
        }
    }

    package func wake() async {
        await store.outboxChanges.wait(past: progress.seen.load(ordering: .relaxed))
    }

    @discardableResult
    private func noteDue() async -> TimeSpan? {
        let due = await relay.timeUntilDue()
        progress.timeUntilDue.withLock { $0 = due }
        return due
    }

    private final class Progress: Sendable {
        /// The outbox's version before the last look at it.
        let seen = Atomic<UInt64>(0)
        /// The outbox's version at which there was nothing to send and nothing waited for its time.
        let idle = Atomic<UInt64>(.max)
        let timeUntilDue = Mutex<TimeSpan?>(nil)
    }
}
