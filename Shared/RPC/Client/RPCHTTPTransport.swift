import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
public import SwiftProtobuf

/// Calls one service by the Connect unary protocol over HTTP/1.1, through a pool of connections.
///
/// Has to be shut down before it is let go.
public final class RPCHTTPTransport: RPCTransport {
    private let client: HTTPClient
    private let requests: RequestWriter
    private let configuration: RPCClientConfiguration
    private let budget: RetryBudget

    /// - Parameter baseURL: such as `http://127.0.0.1:7101`; a path in it comes before that of the method.
    public init(baseURL: String, configuration: RPCClientConfiguration = RPCClientConfiguration()) {
        var settings = HTTPClient.Configuration()
        settings.timeout.connect = TimeAmount(configuration.connectTimeout)
        settings.redirectConfiguration = .disallow
        settings.decompression = .disabled
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connections
        // Whether to try again is decided here, by the retry policy.
        settings.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: settings)
        requests = RequestWriter(baseURL: baseURL, configuration: configuration)
        budget = RetryBudget(configuration.retry)
        self.configuration = configuration
    }

    /// Closes the connections; calls under way fail.
    public func shutdown() async throws {
        try await client.shutdown()
    }

    public func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        do {
            let prepared = try prepare(method, request, options)
            let deadline = options.deadline(from: .now, defaultTimeout: configuration.timeout)
            budget.earn()
            return try await attempts(method, prepared, options, deadline)
        } catch {
            throw Self.told(error)
        }
    }

    /// A message that cannot be written is at fault itself: to send it again, or to wait, does not help.
    private func prepare<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) throws -> HTTPClientRequest {
        do {
            return try requests.prepare(method, request, options)
        } catch {
            throw RPCError(.internal, "the request cannot be written", cause: error)
        }
    }

    private func attempts<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: HTTPClientRequest, _ options: CallOptions,
        _ deadline: ContinuousClock.Instant?
    ) async throws -> Response {
        let retry = configuration.retry
        var attempt = 1
        while true {
            do {
                return try await once(request, options, deadline)
            } catch {
                let error = Self.told(error)
                let mayRetry = retry.permitsRetry(
                    of: method.sideEffects, hasIdempotencyKey: options.idempotencyKey != nil, after: error.code,
                    attempt: attempt)
                let delay = retry.delay(attempt: attempt, fraction: .random(in: 0..<1))
                let isInTime = deadline.map { ContinuousClock.now.advanced(by: delay) < $0 } ?? true
                guard mayRetry, isInTime, budget.spend() else { throw error }
                try await Task.sleep(for: delay)
                attempt += 1
            }
        }
    }

    /// One request and its answer, within the deadline.
    private func once<Response: Message>(
        _ request: HTTPClientRequest, _ options: CallOptions, _ deadline: ContinuousClock.Instant?
    ) async throws -> Response {
        guard let deadline else { return try await exchange(request, options, timeout: .hours(24)) }
        let left = deadline - .now
        guard let timeout = TimeoutHeader.format(left) else { throw RPCError.deadlineExceeded }
        var request = request
        request.headers.replaceOrAdd(name: "connect-timeout-ms", value: timeout)
        return try await withDeadline(deadline) { [request] in
            try await self.exchange(request, options, timeout: TimeAmount(left))
        }
    }

    private func exchange<Response: Message>(
        _ request: HTTPClientRequest, _ options: CallOptions, timeout: TimeAmount
    ) async throws -> Response {
        let response = try await client.execute(request, timeout: timeout)
        let reader = ResponseReader(codec: configuration.codec, limit: configuration.maxMessageBytes)
        return try await reader.read(response, metadata: options.response)
    }

    /// What went wrong on the way, as an error of the protocol.
    private static func told(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case is CancellationError: RPCError(.canceled, "the call was cancelled")
        case let error as HTTPClientError: told(error)
        default: unreachable(error)
        }
    }

    private static func told(_ error: HTTPClientError) -> RPCError {
        switch error {
        case .cancelled: RPCError(.canceled, "the call was cancelled")
        case .deadlineExceeded: .deadlineExceeded
        case .invalidURL, .emptyHost, .emptyScheme:
            RPCError(.internal, "the address of the service is not a URL", cause: error)
        default: unreachable(error)
        }
    }

    private static func unreachable(_ error: any Error) -> RPCError {
        RPCError(.unavailable, "the service cannot be reached", cause: error)
    }
}
