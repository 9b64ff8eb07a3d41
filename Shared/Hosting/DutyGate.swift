import ServiceLifecycle
import Synchronization

/// Holds a service's duties back until someone opens it: a demo runs them itself while it plays under a clock of its
/// own, and lets go of them when it only serves.
public final class DutyGate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Lets everyone through, now and later.
    public func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once it is open, or when the task is cancelled.
    func passed() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !state.isOpen, !Task.isCancelled else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}

/// Duties that wait for a gate.
struct GatedDuties: Service {
    let gate: DutyGate
    let runner: DutyRunner

    func run() async throws {
        await cancelWhenGracefulShutdown { await gate.passed() }
        try await runner.run()
    }
}
