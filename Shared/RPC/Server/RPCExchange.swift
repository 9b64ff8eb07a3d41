import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// One call from its request to its answer.
struct RPCExchange: Sendable {
    let route: RPCRoute
    let dispatcher: RPCDispatcher
    let limits: RPCLimits
    let logger: Logger

    /// How the answer is written.
    private struct Style {
        var codec: RPCCodec
        var acceptsGzip: Bool
    }

    func answerPost(_ request: Request) async throws -> HTTPReply {
        guard let codec = request.headers[.contentType].flatMap(RPCCodec.init(contentType:)) else {
            return .unsupportedMediaType()
        }
        let accepted = request.headers[.acceptEncoding]
        var style = Style(codec: codec, acceptsGzip: ContentCoding.acceptsGzip(accepted, request: .identity))
        var context = context(of: request)
        do {
            try checkVersion(request.headers)
            context.deadline = try deadline(of: request.headers)
            let coding = try ContentCoding(named: request.headers[.contentEncoding])
            style.acceptsGzip = ContentCoding.acceptsGzip(accepted, request: coding)
            let body = try await collect(request)
            let message = try decode(body, coding, codec)
            return await answer(message, context, style)
        } catch let error as RPCError {
            return await refuse(error, context, style)
        } catch is RequestTimeoutHandler.SlowSender {
            return await refuseSlow(context, style)
        }
    }

    func answerGet(_ request: Request, query: Substring) async throws -> HTTPReply {
        let accepted = request.headers[.acceptEncoding]
        var style = Style(codec: .json, acceptsGzip: ContentCoding.acceptsGzip(accepted, request: .identity))
        var context = context(of: request)
        var reply: HTTPReply
        do {
            let query = try GetQuery(query)
            style.codec = query.codec
            try checkVersion(request.headers)
            context.deadline = try deadline(of: request.headers)
            let message = try decode(query.message, query.coding, query.codec)
            reply = await answer(message, context, style)
        } catch is GetQuery.UnknownCodec {
            return .unsupportedMediaType()
        } catch let error as RPCError {
            reply = await refuse(error, context, style)
        }
        reply.fields[.vary] = "Accept-Encoding"
        return reply
    }

    /// Answers a plain POST, whatever its content type; its body is taken as it comes.
    func answerHook(
        _ request: Request, _ message: ([UInt8]) -> any Message
    ) async throws -> HTTPReply {
        let accepted = request.headers[.acceptEncoding]
        let style = Style(codec: .json, acceptsGzip: ContentCoding.acceptsGzip(accepted, request: .identity))
        var context = context(of: request)
        context.deadline = .now.advanced(by: limits.defaultTimeout)
        do {
            guard try ContentCoding(named: request.headers[.contentEncoding]) == .identity else {
                throw RPCError(.unimplemented, "Content-Encoding: expected none, since the body is signed as it comes")
            }
            let body = try await collect(request)
            return await answer(message(Array(body.readableBytesView)), context, style)
        } catch let error as RPCError {
            return await refuse(error, context, style)
        } catch is RequestTimeoutHandler.SlowSender {
            return await refuseSlow(context, style)
        }
    }

    // MARK: - Request

    private func context(of request: Request) -> RPCContext {
        let headers = request.headers
        let trace = headers[.traceParent].flatMap(TraceParent.init)?.next() ?? .begin()
        let requestID = headers[.requestID].flatMap { Self.isRequestID($0) ? $0 : nil } ?? trace.traceID
        var logger = logger
        logger[metadataKey: "request_id"] = .string(requestID)
        return RPCContext(
            path: route.path, requestID: requestID, traceparent: trace.text,
            idempotencyKey: headers[.idempotencyKey], logger: logger, headers: headers)
    }

    /// Ids go into logs and headers: they have to be short and visible.
    private static func isRequestID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
    }

    private func checkVersion(_ headers: HTTPFields) throws {
        guard let version = headers[.connectProtocolVersion], version != "1" else { return }
        throw RPCError(.invalidArgument, "Connect-Protocol-Version: found \"\(version)\", expected 1")
    }

    private func deadline(of headers: HTTPFields) throws -> ContinuousClock.Instant {
        let asked = try headers[.connectTimeoutMs].map(TimeoutHeader.parse)
        return .now.advanced(by: min(asked ?? limits.defaultTimeout, limits.maximumTimeout))
    }

    private func collect(_ request: Request) async throws -> ByteBuffer {
        let length = request.headers[.contentLength].flatMap(Int.init)
        if let length, length > limits.maxMessageBytes { throw tooLarge() }
        var parts = request.body.makeAsyncIterator()
        guard var body = try await parts.next() else { return ByteBuffer() }
        while let part = try await parts.next() {
            guard body.readableBytes + part.readableBytes <= limits.maxMessageBytes else { throw tooLarge() }
            if let length { body.reserveCapacity(minimumWritableBytes: length - body.readableBytes) }
            body.writeImmutableBuffer(part)
        }
        guard body.readableBytes <= limits.maxMessageBytes else { throw tooLarge() }
        return body
    }

    private func decode(_ body: ByteBuffer, _ coding: ContentCoding, _ codec: RPCCodec) throws -> any Message {
        var body = body
        if coding == .gzip, body.readableBytes > 0 {
            do {
                body = try Gzip.decompress(body, limit: limits.maxMessageBytes)
            } catch Gzip.Failure.tooLarge {
                throw tooLarge()
            } catch Gzip.Failure.malformed {
                throw RPCError(.invalidArgument, "the body is not valid gzip")
            }
        }
        guard body.readableBytes <= limits.maxMessageBytes else { throw tooLarge() }
        return try codec.decode(route.requestType, from: body, refusesUnknownFields: limits.refusesUnknownFields)
    }

    private func tooLarge() -> RPCError {
        RPCError(
            .resourceExhausted, "the message is larger than \(limits.maxMessageBytes) bytes",
            details: [.messageTooLarge(maxBytes: limits.maxMessageBytes)])
    }

    // MARK: - Answer

    private func answer(_ message: any Message, _ context: RPCContext, _ style: Style) async -> HTTPReply {
        await reply(context, style) { try await dispatcher.answer(message, context, route: route) }
    }

    private func refuse(_ error: RPCError, _ context: RPCContext, _ style: Style) async -> HTTPReply {
        await reply(context, style) { try await dispatcher.refuse(error, context, route: route) }
    }

    private func refuseSlow(_ context: RPCContext, _ style: Style) async -> HTTPReply {
        let error = RPCError(.deadlineExceeded, "the body did not come within \(limits.bodyTimeout)")
        var reply = await refuse(error, context, style)
        reply.status = .requestTimeout
        reply.endsConnection = true
        return reply
    }

    private func reply(
        _ context: RPCContext, _ style: Style, _ answer: () async throws -> any Message
    ) async -> HTTPReply {
        var reply: HTTPReply
        do {
            let body = try style.codec.encode(await answer())
            reply = HTTPReply(.ok, contentType: style.codec.contentType, body)
        } catch {
            reply = errorReply(RPCError(caught: error), context)
        }
        reply.fields[.requestID] = context.requestID
        context.response.write(to: &reply.fields)
        if style.acceptsGzip, reply.body.readableBytes >= limits.compressionThreshold,
            let compressed = try? Gzip.compress(reply.body)
        {
            reply.body = compressed
            reply.fields[.contentEncoding] = ContentCoding.gzip.rawValue
        }
        return reply
    }

    private func errorReply(_ error: RPCError, _ context: RPCContext) -> HTTPReply {
        if let cause = error.cause, error.code.httpStatus >= 500 {
            context.logger.error(
                "a call failed",
                metadata: ["method": "\(context.path)", "code": "\(error.code.rawValue)", "cause": "\(cause)"])
        }
        return HTTPReply(
            HTTPResponse.Status(code: error.code.httpStatus), contentType: RPCCodec.json.contentType,
            ErrorBody.encode(error))
    }
}
