import Testing

@testable import RPC

@Suite struct RetryTests {
    private let policy = RPCRetryPolicy(
        maxAttempts: 3, baseDelay: .milliseconds(100), maxDelay: .seconds(1), budgetRatio: 0.5, budgetReserve: 2)

    @Test func `reads and idempotent writes are tried again where the service is unavailable`() {
        for kind in [RPCSideEffects.none, .idempotent] {
            #expect(policy.permitsRetry(of: kind, hasIdempotencyKey: false, after: .unavailable, attempt: 1))
        }
    }

    @Test func `other writes are tried again with a key only`() {
        #expect(!policy.permitsRetry(of: .unknown, hasIdempotencyKey: false, after: .unavailable, attempt: 1))
        #expect(policy.permitsRetry(of: .unknown, hasIdempotencyKey: true, after: .unavailable, attempt: 1))
    }

    @Test func `no other error is tried again`() {
        for code in RPCCode.allCases where code != .unavailable {
            #expect(!policy.permitsRetry(of: .none, hasIdempotencyKey: true, after: code, attempt: 1))
        }
    }

    @Test func `the last attempt is the last`() {
        #expect(policy.permitsRetry(of: .none, hasIdempotencyKey: false, after: .unavailable, attempt: 2))
        #expect(!policy.permitsRetry(of: .none, hasIdempotencyKey: false, after: .unavailable, attempt: 3))
        #expect(!RPCRetryPolicy.never.permitsRetry(of: .none, hasIdempotencyKey: true, after: .unavailable, attempt: 1))
    }

    @Test func `waits are drawn below a bound that doubles up to its own bound`() {
        #expect(policy.delay(attempt: 1, fraction: 0) == .zero)
        #expect(policy.delay(attempt: 1, fraction: 0.5) == .milliseconds(50))
        #expect(policy.delay(attempt: 3, fraction: 0.5) == .milliseconds(200))
        #expect(policy.delay(attempt: 60, fraction: 0.5) == .milliseconds(500))
    }

    @Test func `a budget is spent, earned back in parts, and never saved beyond its reserve`() {
        let budget = RetryBudget(policy)
        #expect(budget.spend())
        #expect(budget.spend())
        #expect(!budget.spend())
        budget.earn()
        #expect(!budget.spend())
        budget.earn()
        #expect(budget.spend())
        for _ in 0..<100 { budget.earn() }
        #expect(budget.spend())
        #expect(budget.spend())
        #expect(!budget.spend())
    }
}
