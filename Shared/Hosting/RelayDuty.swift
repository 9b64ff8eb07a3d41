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
        progress.seen.store(store.outboxChanges.version, ordering: .relaxed)
        do {
            let count = try await relay.runOnce()
            await noteDue()
            return count
        } catch {
            await noteDue()
            throw error
        }
    }

    package func wake() async {
        await store.outboxChanges.wait(past: progress.seen.load(ordering: .relaxed))
    }

    private func noteDue() async {
        let due = await relay.timeUntilDue()
        progress.timeUntilDue.withLock { $0 = due }
    }

    private final class Progress: Sendable {
        /// The outbox's version before the last look at it.
        let seen = Atomic<UInt64>(0)
        let timeUntilDue = Mutex<TimeSpan?>(nil)
    }
}
