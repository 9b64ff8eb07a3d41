public import HTTPTypes
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
    /// All headers of the request.
    public var headers: HTTPFields
    /// What the answer says beside its message.
    public let response: RPCMetadata

    public init(
        path: String, requestID: String, traceparent: String? = nil, deadline: ContinuousClock.Instant? = nil,
        idempotencyKey: String? = nil, caller: String? = nil, logger: Logger, headers: HTTPFields = HTTPFields(),
        response: RPCMetadata = RPCMetadata()
    ) {
        self.path = path
        self.requestID = requestID
        self.traceparent = traceparent
        self.deadline = deadline
        self.idempotencyKey = idempotencyKey
        self.caller = caller
        self.logger = logger
        self.headers = headers
        self.response = response
    }

    /// A header of the request, in whatever case; several of one name are joined by a comma.
    public func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    /// The bytes of a header whose name ends in `-bin`; nil where it is absent or not base64.
    public func binaryHeader(_ name: String) -> [UInt8]? {
        header(name).flatMap(Base64.decode)
    }

    /// Adds a header to the answer; see ``RPCMetadata/setHeader(_:_:)``.
    public func setResponseHeader(_ name: String, _ value: String) {
        response.setHeader(name, value)
    }

    /// Adds a trailer to the answer; see ``RPCMetadata/setTrailer(_:_:)``.
    public func setResponseTrailer(_ name: String, _ value: String) {
        response.setTrailer(name, value)
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
    /// Further request headers. Names that the protocol owns (`connect-...`, `content-type` and the like) are left out.
    public var headers: [(name: String, value: String)]
    /// Is filled with the headers and trailers of the answer, also of an error.
    public var response: RPCMetadata?

    public init(
        timeout: Duration? = nil, idempotencyKey: String? = nil, requestID: String? = nil, parent: RPCContext? = nil,
        headers: [(name: String, value: String)] = [], response: RPCMetadata? = nil
    ) {
        self.timeout = timeout
        self.idempotencyKey = idempotencyKey
        self.requestID = requestID
        self.parent = parent
        self.headers = headers
        self.response = response
    }

    /// Adds a header of bytes; its name has to end in `-bin`.
    public mutating func addBinaryHeader(_ name: String, _ value: some Collection<UInt8>) {
        headers.append((name, Base64.encode(value)))
    }

    /// When the call has to be over: the timeout from now, or the parent's deadline when that is sooner.
    public func deadline(from now: ContinuousClock.Instant, defaultTimeout: Duration? = nil) -> ContinuousClock.Instant?
    {
        let own = (timeout ?? defaultTimeout).map { now.advanced(by: $0) }
        guard let inherited = parent?.deadline else { return own }
        return own.map { min($0, inherited) } ?? inherited
    }
}
