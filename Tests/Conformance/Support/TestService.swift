import Contracts
import Logging
import NIOCore
import RPC
import ServiceLifecycle
import SwiftProtobuf
import Synchronization

/// A few methods of the real contracts with handlers that do what the header `x-test` says.
struct TestService: Sendable {
    /// The handler that waits was reached, and was cancelled.
    let waiting = AsyncStream.makeStream(of: Void.self)
    let cancelled = AsyncStream.makeStream(of: Void.self)
    /// Lets the handler that waits to be released go on.
    let release = AsyncStream.makeStream(of: Void.self)

    struct Secret: Error {}

    static let read = WireSlaServiceMethods.previewDeadline.path
    static let unimplemented = WireSlaServiceMethods.elapsedTime.path
    static let idempotent = WireScoringServiceMethods.upsertLeads.path
    static let write = WireIcpServiceMethods.proposeAgreement.path

    var routes: [RPCRoute] {
        [
            // A read that echoes the starts of its questions.
            RPCRoute(WireSlaServiceMethods.previewDeadline) { request, context in
                try await behave(context)
                return .with { $0.deadlines = request.questions.map(\.start) }
            },
            RPCRoute(WireSlaServiceMethods.elapsedTime) { _, _ in
                throw RPCError(.unimplemented, "ElapsedTime is not there yet")
            },
            RPCRoute(WireScoringServiceMethods.upsertLeads) { request, context in
                try await behave(context)
                return .with { $0.results = request.leads.map { lead in .with { $0.id = lead.leadID } } }
            },
            RPCRoute(WireIcpServiceMethods.proposeAgreement) { request, context in
                try await behave(context)
                return .with { $0.version.proposedBy = request.proposedBy }
            },
        ]
    }

    private func behave(_ context: RPCContext) async throws {
        context.setResponseHeader("x-echo", context.header("x-say") ?? "")
        context.setResponseTrailer("x-bytes", "\(context.binaryHeader("x-raw-bin") ?? [])")
        context.response.setBinaryHeader("x-raw-bin", context.binaryHeader("x-raw-bin") ?? [])
        context.setResponseHeader("x-trace", context.traceparent ?? "")
        context.setResponseHeader("x-key", context.idempotencyKey ?? "")
        switch context.header("x-test") {
        case "crash": throw Secret()
        case "details": throw RPCError.invalid("leads[0].email", found: "x", expected: "an address")
        case "long-error": throw RPCError(.aborted, String(repeating: "again ", count: 1000))
        case "wait": try await waitForCancellation()
        case "release":
            waiting.continuation.yield()
            for await _ in release.stream { break }
        case .some(let code): throw RPCError(RPCCode(rawValue: code) ?? .unknown, "as asked: \(code)")
        case nil: break
        }
    }

    private func waitForCancellation() async throws {
        await withTaskCancellationHandler {
            waiting.continuation.yield()
            for await _ in AsyncStream<Void>.makeStream().stream {}
        } onCancel: {
            cancelled.continuation.yield()
        }
        throw CancellationError()
    }
}

/// Serves the test service on a port of its own for as long as the body runs, which gets the port.
func withServer<Result: Sendable>(
    _ service: TestService = TestService(), limits: RPCLimits = RPCLimits(), interceptors: [any RPCInterceptor] = [],
    pages: [HTTPPage] = [], _ body: (Int) async throws -> Result
) async throws -> Result {
    try await withServer(service, limits: limits, interceptors: interceptors, pages: pages) { port, _ in
        try await body(port)
    }
}

/// The same for a body that shuts the server down by itself.
func withServer<Result: Sendable>(
    _ service: TestService = TestService(), limits: RPCLimits = RPCLimits(), interceptors: [any RPCInterceptor] = [],
    pages: [HTTPPage] = [], _ body: (Int, _ shutDown: @Sendable () async -> Void) async throws -> Result
) async throws -> Result {
    let dispatcher = RPCDispatcher(service.routes, interceptors: interceptors)
    return try await withServer(of: dispatcher, limits: limits, pages: pages, body)
}

/// The same for other routes.
func withServer<Result: Sendable>(
    routes: [RPCRoute], pathPrefix: String = "", _ body: (Int) async throws -> Result
) async throws -> Result {
    try await withServer(of: RPCDispatcher(routes), limits: RPCLimits(), pages: [], pathPrefix: pathPrefix) { port, _ in
        try await body(port)
    }
}

private func withServer<Result: Sendable>(
    of dispatcher: RPCDispatcher, limits: RPCLimits, pages: [HTTPPage], pathPrefix: String = "",
    _ body: (Int, _ shutDown: @Sendable () async -> Void) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "conformance")
    logger.logLevel = .critical
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let server = RPCHTTPServer(
        dispatcher: dispatcher, pages: pages, pathPrefix: pathPrefix, limits: limits, logger: logger,
        onListening: { listening.yield($0) })
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: logger))
    let running = Task { try await group.run() }
    var port = 0
    for await listeningPort in ports {
        port = listeningPort
        break
    }
    do {
        let result = try await body(port) { await group.triggerGracefulShutdown() }
        await group.triggerGracefulShutdown()
        try await running.value
        return result
    } catch {
        running.cancel()
        throw error
    }
}
