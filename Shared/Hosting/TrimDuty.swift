import Kernel
import Platform
package import Storage
import Synchronization

/// Removes what is past its retention: delivered events, inbox ids, answers to idempotent calls.
package final class TrimDuty: Duty {
    package let name = "trim"
    package let interval = Duration.seconds(60)
    private let store: Store
    private let retention: Retention
    private let subscribers: [String]
    private let notBefore = Mutex(Instant.distantPast)

    package init(_ store: Store, retention: Retention, subscribers: [String]) {
        self.store = store
        self.retention = retention
        self.subscribers = subscribers
    }

    /// Removes at most a few thousand rows. When nothing was left, the next look is a minute later.
    package func runOnce() async throws -> Int {
        let now = store.clock.now()
        guard now >= notBefore.withLock({ $0 }) else { return 0 }
        let removed = try await store.trim(retention, subscribers: subscribers)
        if removed == 0 { notBefore.withLock { $0 = now.adding(.minutes(1)) } }
        return removed
    }
}
