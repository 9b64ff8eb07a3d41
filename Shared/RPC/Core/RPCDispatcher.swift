public import SwiftProtobuf

/// Wraps every call of a server: logging, metrics, authentication, deadlines.
public protocol RPCInterceptor: Sendable {
    func intercept(
        _ request: any Message, _ context: RPCContext, route: RPCRoute,
        next: @Sendable (any Message, RPCContext) async throws -> any Message
    ) async throws -> any Message
}

/// The routing table of a server: finds the route of a path and answers through the interceptors.
public struct RPCDispatcher: Sendable {
    public let routes: [String: RPCRoute]
    private let interceptors: [any RPCInterceptor]

    /// - Parameter interceptors: the outermost first.
    public init(_ routes: [RPCRoute], interceptors: [any RPCInterceptor] = []) {
        self.routes = Dictionary(routes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        self.interceptors = interceptors
    }

    public func answer(_ request: any Message, _ context: RPCContext, route: RPCRoute) async throws -> any Message {
        try await answer(request, context, route: route, through: interceptors[...])
    }

    private func answer(
        _ request: any Message, _ context: RPCContext, route: RPCRoute, through rest: ArraySlice<any RPCInterceptor>
    ) async throws -> any Message {
        guard let first = rest.first else { return try await route.answer(request, context) }
        return try await first.intercept(request, context, route: route) { request, context in
            try await answer(request, context, route: route, through: rest.dropFirst())
        }
    }
}
