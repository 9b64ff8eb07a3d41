import Kernel
import Synchronization

/// Wakes the firing duty when a commit armed a timer that fires before the one it sleeps for.
final class FiringAlarm: Sendable {
    private struct State {
        /// The earliest firing that was armed since the last ``reset()``.
        var earliest: Instant?
        var sleeper: AsyncStream<Void>.Continuation?
        var sleepsUntil = Instant.distantFuture
    }

    private let state = Mutex(State())

    /// Call it before looking for the next firing, so that nothing armed in between is missed.
    func reset() {
        state.withLock { $0.earliest = nil }
    }

    /// Call it after the commit.
    func armed(for instant: Instant) {
        state.withLock { state in
            state.earliest = min(state.earliest ?? instant, instant)
            guard instant < state.sleepsUntil else { return }
            state.sleeper?.finish()
        }
    }

    /// Returns when something was armed for before an instant since the reset, or when the task is cancelled.
    func wait(until instant: Instant) async {
        let (stream, sleeper) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            state.sleeper?.finish()
            state.sleeper = sleeper
            state.sleepsUntil = instant
            if let earliest = state.earliest, earliest < instant { sleeper.finish() }
        }
        for await _ in stream {}
    }
}
