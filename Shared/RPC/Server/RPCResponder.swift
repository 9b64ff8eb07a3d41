import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// Answers the requests of one server: finds the page or the method, reads, calls, writes.
struct RPCResponder: Sendable {
    private let dispatcher: RPCDispatcher
    /// By their path with the prefix.
    private let routes: [String: RPCRoute]
    private let pages: [String: HTTPPage]
    private let hooks: RPCHooks
    private let limits: RPCLimits
    private let logger: Logger
    private let date = HTTPDate()

    init(
        dispatcher: RPCDispatcher, pages: [HTTPPage], hooks: RPCHooks, pathPrefix: String, limits: RPCLimits,
        logger: Logger
    ) {
        self.dispatcher = dispatcher
        self.hooks = hooks
        routes = Dictionary(uniqueKeysWithValues: dispatcher.routes.map { (pathPrefix + $0.key, $0.value) })
        self.pages = Dictionary(pages.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        self.limits = limits
        self.logger = logger
    }

    /// - Throws: what ends the connection: it broke, or its sender is too slow.
    func respond(to request: Request, with writer: consuming ResponseWriter) async throws {
        if request.headers[.expect] != nil, length(of: request) <= limits.maxMessageBytes {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        var reply = try await reply(to: request)
        reply.fields.append(HTTPField(name: .date, value: date.text()))
        reply.fields.append(HTTPField(name: .contentLength, value: String(reply.body.readableBytes)))
        if reply.endsConnection { reply.fields.append(HTTPField(name: .connection, value: "close")) }
        let head = HTTPResponse(status: reply.status, headerFields: reply.fields)
        let isBare = request.method == .head || reply.body.readableBytes == 0
        // Head, body and end are one write: a caller never sees half an answer.
        try await writer.write(response: head, body: isBare ? ResponseBody() : ResponseBody(byteBuffer: reply.body))
        if reply.endsConnection { throw RequestTimeoutHandler.SlowSender() }
    }

    private func reply(to request: Request) async throws -> HTTPReply {
        let target = request.head.path ?? "/"
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = mark.map { String(target[..<$0]) } ?? target
        let query = mark.map { target[target.index(after: $0)...] } ?? ""
        if let route = routes[path] {
            let exchange = RPCExchange(route: route, dispatcher: dispatcher, limits: limits, logger: logger)
            switch request.method {
            case .post: return try await exchange.answerPost(request)
            case .get where route.sideEffects == .none: return try await exchange.answerGet(request, query: query)
            default: return .wrongMethod(allowed: route.sideEffects == .none ? "GET, POST" : "POST")
            }
        }
        for hook in hooks.hooks {
            guard let name = hook.name(in: path) else { continue }
            guard request.method == .post else { return .wrongMethod(allowed: "POST") }
            let exchange = RPCExchange(
                route: hook.route, dispatcher: hooks.dispatcher, limits: limits, logger: logger)
            return try await exchange.answerHook(request) { hook.request(name, request.headers, $0) }
        }
        guard let page = pages[path] else { return .plain(.notFound, "\(path) is not served here\n") }
        guard request.method == .get || request.method == .head else { return .wrongMethod(allowed: "GET, HEAD") }
        return await reply(
            of: page, HTTPPageRequest(path: path, parameters: Query.parse(query), headers: request.headers))
    }

    private func reply(of page: HTTPPage, _ request: HTTPPageRequest) async -> HTTPReply {
        do {
            let response = try await page.handler(request)
            var reply = HTTPReply(
                HTTPResponse.Status(code: response.status), contentType: response.contentType,
                ByteBuffer(bytes: response.body))
            for (name, value) in response.headers {
                guard let name = HTTPField.Name(name) else { continue }
                reply.fields.append(HTTPField(name: name, value: value))
            }
            return reply
        } catch {
            logger.error("a page failed", metadata: ["path": "\(page.path)", "error": "\(error)"])
            return .plain(.internalServerError, "internal error\n")
        }
    }

    private func length(of request: Request) -> Int {
        request.headers[.contentLength].flatMap(Int.init) ?? 0
    }
}

/// An answer before it is written.
struct HTTPReply: Sendable {
    var status: HTTPResponse.Status
    var fields: HTTPFields
    var body: ByteBuffer
    /// After a sender that was too slow.
    var endsConnection = false

    init(_ status: HTTPResponse.Status, contentType: String, _ body: ByteBuffer) {
        self.status = status
        self.body = body
        fields = HTTPFields()
        fields.reserveCapacity(6)
        fields.append(HTTPField(name: .contentType, value: contentType))
    }

    static func plain(_ status: HTTPResponse.Status, _ text: String) -> HTTPReply {
        HTTPReply(status, contentType: "text/plain; charset=utf-8", ByteBuffer(string: text))
    }

    static func wrongMethod(allowed: String) -> HTTPReply {
        var reply = plain(.methodNotAllowed, "the method has to be one of \(allowed)\n")
        reply.fields[.allow] = allowed
        return reply
    }

    static func unsupportedMediaType() -> HTTPReply {
        var reply = plain(.unsupportedMediaType, "the content type has to be one of \(RPCCodec.acceptPost)\n")
        reply.fields[.acceptPost] = RPCCodec.acceptPost
        return reply
    }
}

extension HTTPField.Name {
    static let acceptPost = named("accept-post")
    static let connectProtocolVersion = named("connect-protocol-version")
    static let connectTimeoutMs = named("connect-timeout-ms")
    static let idempotencyKey = named("idempotency-key")
    static let requestID = named("x-request-id")
    static let traceParent = named("traceparent")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a token of HTTP") }
        return name
    }
}
