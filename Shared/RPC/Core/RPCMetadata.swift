public import HTTPTypes
import Synchronization

/// The headers and trailers of one answer: set by the handler on one side, read by the caller on the other.
///
/// Over HTTP/1.1 the Connect protocol sends the trailer `Name` as the header `Trailer-Name`; that is added and taken
/// off by the transport.
public final class RPCMetadata: Sendable {
    private struct Fields {
        var headers = HTTPFields()
        var trailers = HTTPFields()
    }

    private let fields = Mutex(Fields())

    public init() {}

    public var headers: HTTPFields { fields.withLock { $0.headers } }
    public var trailers: HTTPFields { fields.withLock { $0.trailers } }

    public func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { name in fields.withLock { $0.headers[name] } }
    }

    public func trailer(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { name in fields.withLock { $0.trailers[name] } }
    }

    /// Sets a header. Names that HTTP does not allow or that the protocol owns are ignored: an answer must not fail
    /// for a header.
    public func setHeader(_ name: String, _ value: String) {
        guard let name = HTTPField.Name(name), !ReservedHeader.contains(name) else { return }
        fields.withLock { $0.headers[name] = value }
    }

    /// Sets a header of bytes; its name has to end in `-bin`.
    public func setBinaryHeader(_ name: String, _ value: some Collection<UInt8>) {
        setHeader(name, Base64.encode(value))
    }

    /// Sets a trailer; the same names are ignored as for headers.
    public func setTrailer(_ name: String, _ value: String) {
        guard let name = HTTPField.Name(name), !ReservedHeader.contains(name) else { return }
        fields.withLock { $0.trailers[name] = value }
    }

    /// Appends what a handler said to the headers that go over the wire.
    func write(to wire: inout HTTPFields) {
        let fields = fields.withLock { $0 }
        wire.append(contentsOf: fields.headers)
        for trailer in fields.trailers {
            guard let name = HTTPField.Name("trailer-\(trailer.name.rawName)") else { continue }
            wire.append(HTTPField(name: name, value: trailer.value))
        }
    }

    /// Takes over the headers of an answer as they came over the wire, in place of those of an earlier attempt.
    func read(from wire: some Sequence<(name: String, value: String)>) {
        fields.withLock { fields in
            fields = Fields()
            for (name, value) in wire {
                let isTrailer = name.lowercased().hasPrefix("trailer-")
                guard let field = HTTPField.Name(isTrailer ? String(name.dropFirst(8)) : name) else { continue }
                if isTrailer {
                    fields.trailers.append(HTTPField(name: field, value: value))
                } else {
                    fields.headers.append(HTTPField(name: field, value: value))
                }
            }
        }
    }

    /// Takes over what a handler of the same process said.
    func copy(from other: RPCMetadata) {
        let copied = other.fields.withLock { $0 }
        fields.withLock { $0 = copied }
    }
}

/// Names of headers that the protocol or the connection owns: callers and handlers cannot set them.
enum ReservedHeader {
    private static let names: Set<String> = [
        "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "date", "expect", "host",
        "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    static func contains(_ name: HTTPField.Name) -> Bool {
        names.contains(name.canonicalName) || name.canonicalName.hasPrefix("connect-")
    }
}
