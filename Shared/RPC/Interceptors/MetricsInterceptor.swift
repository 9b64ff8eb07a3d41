public import CoreMetrics
import Platform
public import SwiftProtobuf
import Synchronization

/// Counts and times calls: `rpc_requests_total` and `rpc_request_duration_seconds` by method and code,
/// `rpc_requests_in_flight` by method.
///
/// The instruments are made once per method and code, so the metrics system has to be set up before.
public struct MetricsInterceptor: RPCInterceptor {
    private let methods: [String: MethodInstruments]

    public init(_ routes: [RPCRoute], factory: any MetricsFactory = MetricsSystem.factory) {
        factory.describe("rpc_requests_total", "Calls answered.")
        factory.describe("rpc_request_duration_seconds", "Time from a call's decoded request to its answer.")
        factory.describe("rpc_requests_in_flight", "Calls that are being answered.")
        methods = Dictionary(
            routes.map { ($0.path, MethodInstruments(method: String($0.path.dropFirst()), factory: factory)) },
            uniquingKeysWith: { first, _ in first })
    }

    public func intercept(
        _ request: any Message, _ context: RPCContext, route: RPCRoute,
        next: @Sendable (any Message, RPCContext) async throws -> any Message
    ) async throws -> any Message {
        guard let instruments = methods[context.path] else { return try await next(request, context) }
        let start = ContinuousClock.now
        instruments.inFlight.increment()
        defer { instruments.inFlight.decrement() }
        do {
            let response = try await next(request, context)
            instruments.record(nil, ContinuousClock.now - start)
            return response
        } catch {
            instruments.record(RPCError(caught: error).code, ContinuousClock.now - start)
            throw error
        }
    }
}

/// The instruments of one method; those of codes that do not occur are never made.
private final class MethodInstruments: Sendable {
    private struct Outcome: Sendable {
        let count: Counter
        let duration: Timer
    }

    let inFlight: Meter
    private let method: String
    private let factory: any MetricsFactory
    private let ok: Outcome
    private let failures = Mutex<[RPCCode: Outcome]>([:])

    init(method: String, factory: any MetricsFactory) {
        self.method = method
        self.factory = factory
        inFlight = Meter(label: "rpc_requests_in_flight", dimensions: [("method", method)], factory: factory)
        ok = Self.outcome(method, code: "ok", factory)
    }

    func record(_ code: RPCCode?, _ duration: Duration) {
        let outcome = code.map(failure) ?? ok
        outcome.count.increment()
        let (seconds, attoseconds) = duration.components
        outcome.duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func failure(_ code: RPCCode) -> Outcome {
        failures.withLock { failures in
            if let outcome = failures[code] { return outcome }
            let outcome = Self.outcome(method, code: code.rawValue, factory)
            failures[code] = outcome
            return outcome
        }
    }

    private static func outcome(_ method: String, code: String, _ factory: any MetricsFactory) -> Outcome {
        let dimensions = [("method", method), ("code", code)]
        return Outcome(
            count: Counter(label: "rpc_requests_total", dimensions: dimensions, factory: factory),
            duration: Timer(label: "rpc_request_duration_seconds", dimensions: dimensions, factory: factory))
    }
}
