import NIOCore

/// The query of a call by GET: `?connect=v1&base64=1&compression=gzip&encoding=json&message=...`
struct GetQuery {
    var codec: RPCCodec
    var coding: ContentCoding
    var message: ByteBuffer

    /// What a call without a codec is refused with: a status, not an error of the protocol.
    struct UnknownCodec: Error {}

    /// Any order, unknown parameters are ignored.
    ///
    /// - Throws: ``UnknownCodec``, or ``RPCError`` with `invalid_argument` or `unimplemented`.
    init(_ query: some StringProtocol) throws {
        var bytes: [String: [UInt8]] = [:]
        for (name, value) in Query.parseBytes(query) where bytes[name] == nil { bytes[name] = value }
        func text(_ name: String) -> String? { bytes[name].map { String(decoding: $0, as: UTF8.self) } }
        guard let codec = text("encoding").flatMap(RPCCodec.init(rawValue:)) else { throw UnknownCodec() }
        self.codec = codec
        if let version = text("connect"), version != "v1" {
            throw RPCError(.invalidArgument, "connect: found \"\(version)\", expected v1")
        }
        coding = try ContentCoding(named: text("compression"))
        guard let value = bytes["message"] else {
            throw RPCError(.invalidArgument, "message: found none, expected the request")
        }
        guard text("base64") == "1" else {
            message = ByteBuffer(bytes: value)
            return
        }
        guard let decoded = Base64.decode(String(decoding: value, as: UTF8.self)) else {
            throw RPCError(.invalidArgument, "message: expected base64, URL-safe")
        }
        message = ByteBuffer(bytes: decoded)
    }

    init(codec: RPCCodec, coding: ContentCoding, message: ByteBuffer) {
        self.codec = codec
        self.coding = coding
        self.message = message
    }

    /// In the order that clients send; JSON that is not compressed stays readable.
    var text: String {
        let isBinary = codec == .proto || coding == .gzip
        let bytes = message.readableBytesView
        return [
            "connect=v1", isBinary ? "base64=1" : nil, coding == .gzip ? "compression=gzip" : nil,
            "encoding=\(codec.rawValue)",
            "message=\(isBinary ? Base64.encode(bytes, urlSafe: true) : Query.encoded(bytes))",
        ].compactMap(\.self).joined(separator: "&")
    }
}
