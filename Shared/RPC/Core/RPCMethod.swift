public import SwiftProtobuf

/// What a method does to the server, as its `idempotency_level` declares.
public enum RPCSideEffects: Sendable {
    /// A read: may be sent as GET, and retried.
    case none
    /// A write that may be retried.
    case idempotent
    /// A write that may only be retried with an idempotency key.
    case unknown
}

/// One method of a service, with the types of its messages.
public struct RPCMethod<Request: Message, Response: Message>: Sendable {
    /// Such as `accord.scoring.v1.ScoringService`.
    public let service: String
    /// Such as `UpsertLeads`.
    public let name: String
    public let sideEffects: RPCSideEffects

    public init(service: String, name: String, sideEffects: RPCSideEffects) {
        self.service = service
        self.name = name
        self.sideEffects = sideEffects
    }

    /// `/accord.scoring.v1.ScoringService/UpsertLeads`
    public var path: String { "/\(service)/\(name)" }
}

/// A method bound to the code that answers it.
public struct RPCRoute: Sendable {
    public let service: String
    public let name: String
    public let sideEffects: RPCSideEffects
    public let requestType: any Message.Type
    public let responseType: any Message.Type
    /// Answers a request, which has to be of ``requestType``.
    public let answer: @Sendable (any Message, RPCContext) async throws -> any Message

    public var path: String { "/\(service)/\(name)" }

    public init<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>,
        _ handler: @escaping @Sendable (Request, RPCContext) async throws -> Response
    ) {
        service = method.service
        name = method.name
        sideEffects = method.sideEffects
        requestType = Request.self
        responseType = Response.self
        answer = { message, context in
            guard let request = message as? Request else {
                throw RPCError(.internal, "the request has another type than \(Request.protoMessageName)")
            }
            return try await handler(request, context)
        }
    }
}
