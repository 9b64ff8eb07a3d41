/// What a server puts up with.
public struct RPCLimits: Sendable {
    /// Of a request's body, as it comes and once it is decompressed.
    public var maxMessageBytes: Int
    /// Answers of at least this size are compressed for callers who accept it.
    public var compressionThreshold: Int
    /// Applies to callers who name no timeout.
    public var defaultTimeout: Duration
    /// No call may ask for more.
    public var maximumTimeout: Duration
    /// From the first byte of a request's head to its last.
    public var headTimeout: Duration
    /// From the end of a request's head to the last byte of its body.
    public var bodyTimeout: Duration
    /// A caller who takes longer to read a large answer is cut off: it must not hold up a shutdown.
    public var answerTimeout: Duration
    /// A connection without a request is closed after this time.
    public var idleTimeout: Duration
    /// Further connections wait to be accepted.
    public var maxConnections: Int
    /// Whether a JSON field that the message does not have is refused instead of ignored.
    public var refusesUnknownFields: Bool

    public init(
        maxMessageBytes: Int = 4 * 1024 * 1024, compressionThreshold: Int = 1024,
        defaultTimeout: Duration = .seconds(30),
        maximumTimeout: Duration = .seconds(300), headTimeout: Duration = .seconds(10),
        bodyTimeout: Duration = .seconds(30), answerTimeout: Duration = .seconds(60),
        idleTimeout: Duration = .seconds(75), maxConnections: Int = 4096,
        refusesUnknownFields: Bool = false
    ) {
        self.maxMessageBytes = maxMessageBytes
        self.compressionThreshold = compressionThreshold
        self.defaultTimeout = defaultTimeout
        self.maximumTimeout = maximumTimeout
        self.headTimeout = headTimeout
        self.bodyTimeout = bodyTimeout
        self.answerTimeout = answerTimeout
        self.idleTimeout = idleTimeout
        self.maxConnections = maxConnections
        self.refusesUnknownFields = refusesUnknownFields
    }
}
