/// How a client speaks to one service.
public struct RPCClientConfiguration: Sendable {
    public var codec: RPCCodec
    /// Whether request bodies are compressed, and answers may be.
    public var usesGzip: Bool
    /// Bodies below this size are sent as they are.
    public var compressionThreshold: Int
    /// Reads whose URL stays within this length are sent as GET; nil sends every call as POST.
    public var maxGetURLBytes: Int?
    /// Of a call whose options name none.
    public var timeout: Duration?
    public var connectTimeout: Duration
    public var retry: RPCRetryPolicy
    /// Sent as `Authorization: Bearer ...`.
    public var bearerToken: String?
    /// Of an answer, as it comes and once it is decompressed.
    public var maxMessageBytes: Int
    /// Connections to the service at once; further calls wait for one.
    public var connections: Int

    public init(
        codec: RPCCodec = .json, usesGzip: Bool = true, compressionThreshold: Int = 1024, maxGetURLBytes: Int? = nil,
        timeout: Duration? = .seconds(30), connectTimeout: Duration = .seconds(5),
        retry: RPCRetryPolicy = RPCRetryPolicy(), bearerToken: String? = nil, maxMessageBytes: Int = 64 * 1024 * 1024,
        connections: Int = 16
    ) {
        self.codec = codec
        self.usesGzip = usesGzip
        self.compressionThreshold = compressionThreshold
        self.maxGetURLBytes = maxGetURLBytes
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.retry = retry
        self.bearerToken = bearerToken
        self.maxMessageBytes = maxMessageBytes
        self.connections = connections
    }
}
