public import Logging
public import Platform
public import RPC
public import ServiceLifecycle
import Storage

/// How a service is reached, and how it ends.
public struct ServiceHostSettings: Sendable {
    public var host = "127.0.0.1"
    /// 0 for any that is free.
    public var port = 0
    /// What callers have to bring; nil lets everyone in.
    public var token: String?
    public var limits = RPCLimits()
    /// Set where someone else runs the duties at first, such as a demo that plays under a clock of its own.
    public var dutyGate: DutyGate?

    public init() {}
}

/// One service as it runs: its node, its server and its duties, as one part of a process.
///
/// On graceful shutdown it stops to accept calls, finishes those that run, hands its events over and closes its store.
/// Several of them share a process, as in `accord up`: a group ends its services one by one, the last one first, so
/// list those that tell others behind those that are told.
public struct ServiceHost: Service {
    public let node: ServiceNode
    private let settings: ServiceHostSettings
    private let health: Health
    private let server: RPCHTTPServer
    private let logger: Logger

    /// - Parameters:
    ///   - metrics: shown at `/metrics`: those of the whole process.
    ///   - onListening: is told the port once the service accepts calls.
    public init(
        _ node: ServiceNode, settings: ServiceHostSettings, metrics: MetricsRegistry, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.node = node
        self.settings = settings
        self.logger = logger
        metrics.collect { [store = node.store] in store.samples() }
        let health = Health(node.name, clock: node.store.clock) { [node, isGated = settings.dutyGate != nil] in
            var parts = await node.readiness()
            if isGated { parts["duties"] = nil }
            return parts
        }
        self.health = health
        server = RPCHTTPServer(
            dispatcher: Self.dispatcher(node, token: settings.token),
            pages: Self.pages(node, settings, health, metrics),
            hooks: RPCHooks(node.hooks, dispatcher: Self.dispatcher(node, token: nil)),
            host: settings.host, port: settings.port, limits: settings.limits, logger: logger,
            onListening: { port in
                health.enter(.running)
                await onListening(port)
            })
    }

    /// - Throws: ``ServingRefusal/address(host:port:reason:)`` where it cannot listen.
    public func run() async throws {
        do {
            try await serve()
        } catch {
            try? await node.close()
            throw ServingRefusal(error, host: settings.host, port: settings.port) ?? error
        }
        try await node.close()
        logger.info("stopped")
    }

    /// The group ends the server first, and the duties only when the last call is answered.
    private func serve() async throws {
        let duties: any Service = settings.dutyGate.map { GatedDuties(gate: $0, runner: node.runner) } ?? node.runner
        let group = ServiceGroup(
            services: [duties, server],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() })
        try await withGracefulShutdownHandler {
            try await group.run()
        } onGracefulShutdown: {
            health.enter(.draining)
        }
    }

    private static func dispatcher(_ node: ServiceNode, token: String?) -> RPCDispatcher {
        let routes = Array(node.dispatcher().routes.values)
        var interceptors: [any RPCInterceptor] = [MetricsInterceptor(routes), LoggingInterceptor()]
        if let token { interceptors.append(AuthenticationInterceptor(bearerToken: token)) }
        return node.dispatcher(interceptors: interceptors)
    }

    /// The health of a service is for everyone; all else only for callers with the token, where there is one.
    private static func pages(
        _ node: ServiceNode, _ settings: ServiceHostSettings, _ health: Health, _ metrics: MetricsRegistry
    ) -> [HTTPPage] {
        var guarded = [Health.metricsPage(metrics)]
        guarded += node.pages.map { page in
            HTTPPage(path: page.path) { request in
                let query = Dictionary(request.parameters.map { ($0.name, $0.value) }) { first, _ in first }
                return HTTPPageResponse(
                    text: try await page.render(query), contentType: "text/html; charset=utf-8")
            }
        }
        if let token = settings.token { guarded = guarded.map { Authentication.guarding($0, token: token) } }
        return health.openPages + guarded
    }
}
