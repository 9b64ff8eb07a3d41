import NIOCore
import SwiftProtobuf

/// How messages are written: the two codecs of the Connect protocol.
public enum RPCCodec: String, Sendable, CaseIterable {
    case json
    case proto

    /// `application/json`
    public var contentType: String { "application/\(rawValue)" }

    /// What a server takes, for `Accept-Post`.
    static let acceptPost = allCases.map(\.contentType).joined(separator: ", ")

    /// The codec of a content type, in any case, with no parameter but `charset=utf-8`.
    init?(contentType: String) {
        switch contentType {
        case "application/json": self = .json
        case "application/proto": self = .proto
        default:
            let parts = contentType.lowercased().split(separator: ";", omittingEmptySubsequences: false).map {
                $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
            }
            guard let codec = Self.allCases.first(where: { $0.contentType == parts[0] }) else { return nil }
            guard parts.dropFirst().allSatisfy({ $0 == "charset=utf-8" || $0.isEmpty }) else { return nil }
            self = codec
        }
    }

    func encode(_ message: any Message) throws -> ByteBuffer {
        switch self {
        case .json:
            let bytes: MessageBytes = try message.jsonUTF8Bytes()
            return bytes.buffer
        case .proto:
            let bytes: MessageBytes = try message.serializedBytes()
            return bytes.buffer
        }
    }

    /// - Throws: ``RPCError`` with `invalid_argument`.
    func decode<Decoded: Message>(
        _ type: Decoded.Type, from buffer: ByteBuffer, refusesUnknownFields: Bool = false
    ) throws -> Decoded {
        do {
            switch self {
            case .json:
                var options = JSONDecodingOptions()
                options.ignoreUnknownFields = !refusesUnknownFields
                return try Decoded(jsonUTF8Bytes: MessageBytes(buffer), options: options)
            case .proto:
                return try Decoded(serializedBytes: MessageBytes(buffer))
            }
        } catch {
            let reason = DecodingReason.sentence(of: error)
            throw RPCError(
                .invalidArgument, "the body is not a \(Decoded.protoMessageName) in \(rawValue): \(reason)",
                cause: error)
        }
    }
}

/// The bytes of a NIO buffer as swift-protobuf reads and writes them, without a copy in between.
struct MessageBytes: SwiftProtobufContiguousBytes {
    private(set) var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    init(repeating byte: UInt8, count: Int) {
        buffer = ByteBuffer(repeating: byte, count: count)
    }

    init<Bytes: Sequence>(_ sequence: Bytes) where Bytes.Element == UInt8 {
        buffer = ByteBuffer(bytes: sequence)
    }

    var count: Int { buffer.readableBytes }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try buffer.withUnsafeReadableBytes(body)
    }

    mutating func withUnsafeMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try buffer.withUnsafeMutableReadableBytes(body)
    }
}
