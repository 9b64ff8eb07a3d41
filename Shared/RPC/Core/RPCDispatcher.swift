public import SwiftProtobuf

/// Wraps every call of a server: logging, metrics, authentication.
///
/// A call whose message cannot be read passes the interceptors too, with an empty message and a `next` that throws
/// the reason: so it is counted and logged like others, and a caller without a right to call learns nothing else.
public protocol RPCInterceptor: Sendable {
    func intercept(
        _ request: any Message, _ context: RPCContext, route: RPCRoute,
        next: @Sendable (any Message, RPCContext) async throws -> any Message
    ) async throws -> any Message
}

/// The routing table of a server: finds the route of a path and answers through the interceptors.
///
/// It keeps deadlines: at ``RPCContext/deadline`` the handler is cancelled and the call fails with
/// `deadline_exceeded`, whether the handler notices or not. The interceptors see that error.
public struct RPCDispatcher: Sendable {
    public let routes: [String: RPCRoute]
    private let interceptors: [any RPCInterceptor]

    /// - Parameter interceptors: the outermost first.
    public init(_ routes: [RPCRoute], interceptors: [any RPCInterceptor] = []) {
        self.routes = Dictionary(routes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        self.interceptors = interceptors
    }

    public func answer(_ request: any Message, _ context: RPCContext, route: RPCRoute) async throws -> any Message {
        try await pass(request, context, route: route, through: interceptors[...]) { request, context in
            guard let deadline = context.deadline else { return try await route.answer(request, context) }
            return try await withDeadline(deadline) { try await route.answer(request, context) }
        }
    }

    /// Tells the interceptors of a call whose message could not be read.
    ///
    /// - Throws: the reason, or what an interceptor throws instead.
    func refuse(_ reason: RPCError, _ context: RPCContext, route: RPCRoute) async throws -> any Message {
        try await pass(route.requestType.init(), context, route: route, through: interceptors[...]) { _, _ in
            throw reason
        }
    }

    private func pass(
        _ request: any Message, _ context: RPCContext, route: RPCRoute, through rest: ArraySlice<any RPCInterceptor>,
        to end: @Sendable (any Message, RPCContext) async throws -> any Message
    ) async throws -> any Message {
        guard let first = rest.first else { return try await end(request, context) }
        return try await first.intercept(request, context, route: route) { request, context in
            try await pass(request, context, route: route, through: rest.dropFirst(), to: end)
        }
    }
}
