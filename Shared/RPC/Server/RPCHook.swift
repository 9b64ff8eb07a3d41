public import HTTPTypes
public import SwiftProtobuf

/// A way in for callers that cannot speak RPC: a plain POST whose headers and body become the request of one method.
///
/// It is answered as JSON by the rules of that method, errors included.
public struct RPCHook: Sendable {
    /// What the path begins with, such as `/webhooks/`; the rest of it, without a slash, is the hook's name.
    public let prefix: String
    public let route: RPCRoute
    /// Builds the request out of what came.
    public let request: @Sendable (_ name: String, _ headers: HTTPFields, _ body: [UInt8]) -> any Message

    public init<Request: Message>(
        prefix: String, route: RPCRoute,
        request: @escaping @Sendable (_ name: String, _ headers: HTTPFields, _ body: [UInt8]) -> Request
    ) {
        self.prefix = prefix
        self.route = route
        self.request = request
    }

    /// The name in a path that is this hook's; nil for other paths.
    func name(in path: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        let name = path.dropFirst(prefix.count)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }
}

/// Hooks and what answers them: not the dispatcher of the RPCs, since their callers prove themselves in another way.
public struct RPCHooks: Sendable {
    let hooks: [RPCHook]
    let dispatcher: RPCDispatcher

    public init(_ hooks: [RPCHook] = [], dispatcher: RPCDispatcher) {
        self.hooks = hooks
        self.dispatcher = dispatcher
    }
}
