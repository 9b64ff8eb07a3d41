import Synchronization

/// Runs an operation until a deadline: then it is cancelled, and the caller goes on without waiting for it to notice.
///
/// - Throws: ``RPCError`` with `deadline_exceeded` at the deadline, `CancellationError` where the calling task is
///   cancelled, or what the operation throws.
func withDeadline<Value: Sendable>(
    _ deadline: ContinuousClock.Instant, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    guard deadline > .now else { throw RPCError.deadlineExceeded }
    let race = DeadlineRace<Value>()
    let task = startingNow {
        do { race.finish(.success(try await operation())) } catch { race.finish(.failure(error)) }
    }
    if let result = race.result { return try result.get() }
    let ticket = DeadlineTimer.shared.add(race, at: deadline)
    defer { DeadlineTimer.shared.remove(ticket) }
    defer { task.cancel() }
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { race.wait($0) }
    } onCancel: {
        race.finish(.failure(CancellationError()))
    }
}

/// A task that runs on this thread until it first has to wait, where the platform can do that.
private func startingNow(_ operation: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, iOS 26, *) {
        Task.immediate { await operation() }
    } else {
        Task { await operation() }
    }
}

extension RPCError {
    static let deadlineExceeded = RPCError(.deadlineExceeded, "the deadline has passed")
}

/// The first of an operation, its deadline and its cancellation decides.
private final class DeadlineRace<Value: Sendable>: DeadlineTarget {
    private enum State {
        case running(CheckedContinuation<Value, any Error>?)
        case finished(Result<Value, any Error>)
    }

    private let state = Mutex(State.running(nil))

    var result: Result<Value, any Error>? {
        state.withLock { if case .finished(let result) = $0 { result } else { nil } }
    }

    func finish(_ result: Result<Value, any Error>) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard case .running(let continuation) = state else { return nil }
            state = .finished(result)
            return continuation
        }
        continuation?.resume(with: result)
    }

    func wait(_ continuation: CheckedContinuation<Value, any Error>) {
        let result = state.withLock { state -> Result<Value, any Error>? in
            if case .finished(let result) = state { return result }
            state = .running(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    func expire() {
        finish(.failure(RPCError.deadlineExceeded))
    }
}
