import GRDB
import Hosting
import Kernel
import Platform
import SLADomain
import Storage

/// Fires checkpoints and deadlines that are due, each once and with its own time, however late that is noticed.
struct FireTimers: Duty {
    /// The most firings in one transaction.
    static let batchLimit = 500

    let name = "fire-timers"
    /// A net below ``wake()``, for a clock that was set.
    let interval = Duration.seconds(15)
    let store: Store
    let library: AgreementLibrary<SLATerms>
    let alarm: FiringAlarm

    func runOnce() async throws -> Int {
        let now = store.clock.now()
        guard let next = try await store.read({ try TimerStore.nextDue($0) }), next <= now else { return 0 }
        return try await store.write { try fire(in: $0) }
    }

    private func fire(in transaction: StoreTransaction) throws -> Int {
        let database = transaction.database
        let due = try TimerStore.due(at: transaction.now, limit: Self.batchLimit, database)
        let round = try FiringRound(
            due: due, isComplete: due.count < Self.batchLimit, now: transaction.now, limit: Self.batchLimit
        ) { try library.rule(of: $0, database) }
        for entry in round.changed { try TimerStore.update(entry, database) }
        try library.tell(round.facts, in: transaction)
        return round.facts.count
    }

    /// Sleeps until the next firing, or until one is armed that comes before it.
    func wake() async {
        alarm.reset()
        let next = (try? await store.read { try TimerStore.nextDue($0) }) ?? .distantFuture
        let rest = next.microseconds - store.clock.now().microseconds
        guard rest > 0 else { return }
        await withTaskGroup { group in
            group.addTask { await alarm.wait(until: next) }
            group.addTask { try? await Task.sleep(for: .microseconds(rest)) }
            await group.next()
            group.cancelAll()
        }
    }
}
