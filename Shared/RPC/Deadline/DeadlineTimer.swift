import Synchronization

/// Something that is over at a deadline.
protocol DeadlineTarget: AnyObject, Sendable {
    func expire()
}

/// Watches the deadlines of all calls of the process with one sleeping task, so that a call costs no timer of its own.
final class DeadlineTimer: Sendable {
    static let shared = DeadlineTimer()

    private struct State {
        var targets: [UInt64: (deadline: ContinuousClock.Instant, target: any DeadlineTarget)] = [:]
        var nextID: UInt64 = 0
        var wakesAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    func add(_ target: any DeadlineTarget, at deadline: ContinuousClock.Instant) -> UInt64 {
        let (id, wakesSooner) = state.withLock { state in
            state.nextID += 1
            state.targets[state.nextID] = (deadline, target)
            let wakesSooner = state.wakesAt.map { deadline < $0 } ?? true
            if wakesSooner { state.wakesAt = deadline }
            return (state.nextID, wakesSooner)
        }
        if wakesSooner { wake(at: deadline) }
        return id
    }

    func remove(_ id: UInt64) {
        state.withLock { _ = $0.targets.removeValue(forKey: id) }
    }

    private func wake(at deadline: ContinuousClock.Instant) {
        Task {
            try? await Task.sleep(until: deadline, clock: .continuous)
            self.expire(wokenAt: deadline)
        }
    }

    private func expire(wokenAt wakeTime: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let (expired, next) = state.withLock { state in
            let expired = state.targets.filter { $0.value.deadline <= now }
            for id in expired.keys { state.targets[id] = nil }
            // A task that was overtaken by a sooner one leaves the next waking to that one.
            guard state.wakesAt == wakeTime || state.wakesAt.map({ $0 <= now }) == true else {
                return (expired, ContinuousClock.Instant?.none)
            }
            state.wakesAt = state.targets.values.map(\.deadline).min()
            return (expired, state.wakesAt)
        }
        if let next { wake(at: next) }
        for (_, target) in expired.values { target.expire() }
    }
}
