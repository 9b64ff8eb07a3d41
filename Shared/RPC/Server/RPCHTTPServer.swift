import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves a dispatcher by the Connect unary protocol over HTTP/1.1, and plain pages beside it.
///
/// On graceful shutdown it stops to accept, lets running requests finish, closes idle connections and returns.
public struct RPCHTTPServer: Service {
    private let dispatcher: RPCDispatcher
    private let pages: [HTTPPage]
    private let hooks: RPCHooks
    private let pathPrefix: String
    private let host: String
    private let port: Int
    private let limits: RPCLimits
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - pathPrefix: comes before the path of every method, such as `/api`; pages and hooks have none.
    ///   - port: 0 for any that is free.
    ///   - onListening: is told the port once the server accepts connections.
    public init(
        dispatcher: RPCDispatcher, pages: [HTTPPage] = [], hooks: RPCHooks? = nil, pathPrefix: String = "",
        host: String = "127.0.0.1", port: Int = 0, limits: RPCLimits = RPCLimits(), logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.dispatcher = dispatcher
        self.pages = pages
        self.hooks = hooks ?? RPCHooks(dispatcher: dispatcher)
        self.pathPrefix = pathPrefix
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        self.onListening = onListening
    }

    /// - Throws: where the address cannot be bound.
    public func run() async throws {
        let responder = RPCResponder(
            dispatcher: dispatcher, pages: pages, hooks: hooks, pathPrefix: pathPrefix, limits: limits,
            logger: logger)
        let channel = HTTP1Channel(
            responder: { request, writer, _ in try await responder.respond(to: request, with: writer) },
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [RequestTimeoutHandler(limits)],
                idleTimeout: TimeAmount(limits.idleTimeout)))
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: .hostname(host, port: port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.maxConnections, logger: logger)),
            onServerRunning: { [port, onListening] channel in
                await onListening(channel.localAddress?.port ?? port)
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        try await server.run()
    }
}
