import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// Writes the requests of one client.
struct RequestWriter: Sendable {
    private let baseURL: String
    private let configuration: RPCClientConfiguration

    init(baseURL: String, configuration: RPCClientConfiguration) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.configuration = configuration
    }

    /// A request without its timeout, which is written anew for each attempt.
    func prepare<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ message: Request, _ options: CallOptions
    ) throws -> HTTPClientRequest {
        let plain = try configuration.codec.encode(message)
        let isCompressed = configuration.usesGzip && plain.readableBytes >= configuration.compressionThreshold
        let body = isCompressed ? try Gzip.compress(plain) : plain
        let coding = isCompressed ? ContentCoding.gzip : .identity
        if method.sideEffects == .none, let request = get(method.path, body, coding, options) { return request }
        var request = HTTPClientRequest(url: baseURL + method.path)
        request.method = .POST
        request.headers = headers(options)
        request.headers.add(name: "connect-protocol-version", value: "1")
        request.headers.add(name: "content-type", value: configuration.codec.contentType)
        if coding == .gzip { request.headers.add(name: "content-encoding", value: coding.rawValue) }
        request.body = .bytes(body)
        return request
    }

    /// Nil where the call has to be a POST.
    private func get(
        _ path: String, _ body: ByteBuffer, _ coding: ContentCoding, _ options: CallOptions
    ) -> HTTPClientRequest? {
        guard let limit = configuration.maxGetURLBytes else { return nil }
        let query = GetQuery(codec: configuration.codec, coding: coding, message: body).text
        let url = "\(baseURL)\(path)?\(query)"
        guard url.utf8.count <= limit else { return nil }
        var request = HTTPClientRequest(url: url)
        request.headers = headers(options)
        return request
    }

    private func headers(_ options: CallOptions) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(12)
        let trace = options.parent?.traceparent.flatMap(TraceParent.init)?.next() ?? .begin()
        headers.add(name: "accept-encoding", value: configuration.usesGzip ? "gzip" : "identity")
        headers.add(name: "user-agent", value: "accord")
        headers.add(name: "traceparent", value: trace.text)
        headers.add(name: "x-request-id", value: options.requestID ?? options.parent?.requestID ?? trace.traceID)
        if let key = options.idempotencyKey { headers.add(name: "idempotency-key", value: key) }
        if let token = configuration.bearerToken { headers.add(name: "authorization", value: "Bearer \(token)") }
        for (name, value) in options.headers {
            guard let field = HTTPField.Name(name), !ReservedHeader.contains(field) else { continue }
            headers.add(name: name, value: value)
        }
        return headers
    }
}
