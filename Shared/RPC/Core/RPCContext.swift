public import Logging

/// What a handler knows about the call it answers. Pass it on in ``CallOptions/parent`` of further calls: the
/// deadline, the trace and the request id go with it.
public struct RPCContext: Sendable {
    /// `/accord.scoring.v1.ScoringService/UpsertLeads`
    public var path: String
    public var requestID: String
    /// W3C trace context.
    public var traceparent: String?
    public var deadline: ContinuousClock.Instant?
    /// Of the `Idempotency-Key` header.
    public var idempotencyKey: String?
    /// Who calls, as far as authentication knows.
    public var caller: String?
    public var logger: Logger

    public init(
        path: String, requestID: String, traceparent: String? = nil, deadline: ContinuousClock.Instant? = nil,
        idempotencyKey: String? = nil, caller: String? = nil, logger: Logger
    ) {
        self.path = path
        self.requestID = requestID
        self.traceparent = traceparent
        self.deadline = deadline
        self.idempotencyKey = idempotencyKey
        self.caller = caller
        self.logger = logger
    }
}

/// What a caller can say about a call.
public struct CallOptions: Sendable {
    /// From now; the parent's deadline counts too when it is sooner.
    public var timeout: Duration?
    public var idempotencyKey: String?
    public var requestID: String?
    /// The call on whose behalf this one is made.
    public var parent: RPCContext?
    /// Further request headers.
    public var headers: [(name: String, value: String)]

    public init(
        timeout: Duration? = nil, idempotencyKey: String? = nil, requestID: String? = nil, parent: RPCContext? = nil,
        headers: [(name: String, value: String)] = []
    ) {
        self.timeout = timeout
        self.idempotencyKey = idempotencyKey
        self.requestID = requestID
        self.parent = parent
        self.headers = headers
    }
}
