import Synchronization

/// When and how soon a failed call is made again.
///
/// Only a read, an idempotent write or a call with an idempotency key is, and only where the service was not
/// available. The wait is drawn evenly between zero and a bound that doubles (full jitter, see Brooker, "Exponential
/// Backoff And Jitter", AWS 2015). A budget keeps retries a fraction of the calls, so that they do not keep a service
/// down.
public struct RPCRetryPolicy: Sendable, Hashable {
    /// The first call counts too.
    public var maxAttempts: Int
    /// The bound of the first wait.
    public var baseDelay: Duration
    /// No bound is longer.
    public var maxDelay: Duration
    /// Retries that each call earns, such as 0.2.
    public var budgetRatio: Double
    /// Retries that can be saved up, and that a new client has.
    public var budgetReserve: Double

    public init(
        maxAttempts: Int = 3, baseDelay: Duration = .milliseconds(50), maxDelay: Duration = .seconds(2),
        budgetRatio: Double = 0.2, budgetReserve: Double = 10
    ) {
        self.maxAttempts = maxAttempts
        self.baseDelay = baseDelay
        self.maxDelay = maxDelay
        self.budgetRatio = budgetRatio
        self.budgetReserve = budgetReserve
    }

    /// Every call is made once.
    public static let never = RPCRetryPolicy(maxAttempts: 1)

    /// Whether a call that failed may be made again, as far as its kind and its error go.
    ///
    /// - Parameter attempt: how often it has been made, from 1.
    public func permitsRetry(
        of sideEffects: RPCSideEffects, hasIdempotencyKey: Bool, after code: RPCCode, attempt: Int
    ) -> Bool {
        attempt < maxAttempts && code == .unavailable && (sideEffects != .unknown || hasIdempotencyKey)
    }

    /// The wait before the next attempt.
    ///
    /// - Parameters:
    ///   - attempt: how often the call has been made, from 1.
    ///   - fraction: a random number in 0..<1.
    public func delay(attempt: Int, fraction: Double) -> Duration {
        let bound = baseDelay * Double(1 << min(max(attempt - 1, 0), 20))
        return min(bound, maxDelay) * fraction
    }
}

/// The retries that a client may still spend.
final class RetryBudget: Sendable {
    private let ratio: Double
    private let reserve: Double
    private let tokens: Mutex<Double>

    init(_ policy: RPCRetryPolicy) {
        ratio = policy.budgetRatio
        reserve = policy.budgetReserve
        tokens = Mutex(policy.budgetReserve)
    }

    func earn() {
        tokens.withLock { $0 = min($0 + ratio, reserve) }
    }

    func spend() -> Bool {
        tokens.withLock { tokens in
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }
    }
}
