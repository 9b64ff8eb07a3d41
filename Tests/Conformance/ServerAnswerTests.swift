import AccordTesting
import Contracts
import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

/// What the server answers, over raw sockets: the rows "Success" and "Error" of the protocol.
@Suite struct ServerAnswerTests {
    private let json = ("content-type", "application/json")
    private let empty = ByteBuffer(string: "{}")

    private func post(_ port: Int, _ headers: [(String, String)], _ body: ByteBuffer? = nil) async throws -> RawMessage
    {
        try #require(try await exchange(port, rawRequest("POST", TestService.read, headers, body: body ?? empty)))
    }

    private func fields(_ answer: RawMessage) throws -> [String: Google_Protobuf_Value] {
        try Google_Protobuf_Struct(jsonUTF8Bytes: Array(answer.body.readableBytesView)).fields
    }

    @Test(arguments: RPCCode.allCases, RPCCodec.allCases)
    func `every code has its status and is JSON in both codecs`(code: RPCCode, codec: RPCCodec) async throws {
        try await withServer { port in
            let headers = [("content-type", codec.contentType), ("x-test", code.rawValue)]
            let answer = try await post(port, headers, codec == .json ? empty : ByteBuffer())
            #expect(answer.status == code.httpStatus)
            #expect(answer.header("content-type") == "application/json")
            let fields = try fields(answer)
            #expect(fields["code"]?.stringValue == code.rawValue)
            #expect(fields["message"]?.stringValue == "as asked: \(code.rawValue)")
            #expect(Set(fields.keys) == ["code", "message"])
        }
    }

    @Test func `details carry their type, their bytes and a form for people`() async throws {
        try await withServer { port in
            let answer = try await post(port, [json, ("x-test", "details")])
            #expect(answer.status == 400)
            let detail = try #require(try fields(answer)["details"]?.listValue.values.first?.structValue.fields)
            #expect(detail["type"]?.stringValue == "accord.common.v1.BadRequest")
            let bytes = try #require(Base64.decode(detail["value"]?.stringValue ?? ""))
            #expect(try WireBadRequest(serializedBytes: bytes).violations.map(\.path) == ["leads[0].email"])
            #expect(detail["debug"]?.structValue.fields["violations"] != nil)
        }
    }

    @Test func `callers are not told what an unknown error was`() async throws {
        try await withServer { port in
            let answer = try await post(port, [json, ("x-test", "crash")])
            #expect(answer.status == 500)
            #expect(answer.text == #"{"code":"internal","message":"internal error"}"#)
        }
    }

    @Test func `large answers and errors are compressed for those who accept it`() async throws {
        let questions = WirePreviewDeadlineRequest.with {
            $0.questions = (0..<200).map { second in .with { $0.start.seconds = Int64(second) } }
        }
        let large = ByteBuffer(bytes: try questions.jsonUTF8Bytes() as [UInt8])
        try await withServer { port in
            let plain = try await post(port, [json], large)
            #expect(plain.header("content-encoding") == nil)
            let packed = try await post(port, [json, ("accept-encoding", "br, gzip")], large)
            #expect(packed.header("content-encoding") == "gzip")
            #expect(try Gzip.decompress(packed.body, limit: 1_000_000) == plain.body)
            let likeRequest = try await post(port, [json, ("content-encoding", "gzip")], Gzip.compress(large))
            #expect(likeRequest.header("content-encoding") == "gzip")
            let identity = [json, ("content-encoding", "gzip"), ("accept-encoding", "identity")]
            #expect(try await post(port, identity, Gzip.compress(large)).header("content-encoding") == nil)
            let error = try await post(port, [json, ("accept-encoding", "gzip"), ("x-test", "long-error")])
            #expect(error.status == 409)
            #expect(error.header("content-encoding") == "gzip")
            let small = try await post(port, [json, ("accept-encoding", "gzip")])
            #expect(small.header("content-encoding") == nil)
        }
    }

    @Test func `trailers travel as headers with a prefix, also with errors`() async throws {
        try await withServer { port in
            for test in [[], [("x-test", "not_found")]] {
                let answer = try await post(port, [json, ("x-say", "hello"), ("x-raw-bin", "AQI")] + test)
                #expect(answer.header("x-echo") == "hello")
                #expect(answer.header("trailer-x-bytes") == "[1, 2]")
            }
        }
    }

    @Test func `request id and trace are taken over, each hop with a span of its own`() async throws {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        try await withServer { port in
            let answer = try await post(port, [json, ("x-request-id", "r-1"), ("traceparent", trace)])
            #expect(answer.header("x-request-id") == "r-1")
            let next = try #require(answer.header("x-trace").flatMap(TraceParent.init))
            #expect(next.traceID == "0af7651916cd43dd8448eb211c80319c")
            #expect(next.spanID != "b7ad6b7169203331")
            let other = try await post(port, [json, ("x-request-id", "not visible"), ("traceparent", "nonsense")])
            let begun = try #require(other.header("x-trace").flatMap(TraceParent.init))
            #expect(other.header("x-request-id") == begun.traceID)
        }
    }

    @Test func `head and body of an answer arrive in one piece`() async throws {
        try await withServer { port in
            try await withConnection(port) { connection in
                for test in [[], [("x-test", "aborted")]] {
                    try await connection.send(rawRequest("POST", TestService.read, [json] + test, body: empty))
                    _ = try await connection.answer()
                    #expect(connection.reads == 1)
                }
            }
        }
    }

    @Test func `one connection serves many calls, also sent at once`() async throws {
        try await withServer { port in
            try await withConnection(port) { connection in
                var both = rawRequest("POST", TestService.read, [json, ("x-say", "1")], body: empty)
                both.writeImmutableBuffer(rawRequest("POST", TestService.read, [json, ("x-say", "2")], body: empty))
                try await connection.send(both)
                #expect(try await connection.answer()?.header("x-echo") == "1")
                #expect(try await connection.answer()?.header("x-echo") == "2")
                try await connection.send(rawRequest("POST", "/nope", [json], body: empty))
                #expect(try await connection.answer()?.status == 404)
                try await connection.send(rawRequest("POST", TestService.read, [json, ("x-say", "3")], body: empty))
                #expect(try await connection.answer()?.header("x-echo") == "3")
            }
        }
    }

    @Test func `without the token a caller learns nothing, not even that the body is wrong`() async throws {
        try await withServer(interceptors: [AuthenticationInterceptor(bearerToken: "sesame")]) { port in
            for body in [empty, ByteBuffer(string: "{")] {
                let answer = try await post(port, [json], body)
                #expect(answer.status == 401)
                #expect(try fields(answer)["code"]?.stringValue == "unauthenticated")
            }
            #expect(try await post(port, [json, ("authorization", "Bearer sesame")]).status == 200)
        }
    }

    @Test func `pages are served beside the calls`() async throws {
        let pages = [
            HTTPPage(path: "/hello") { request in
                HTTPPageResponse(text: "hello \(request.parameter("name") ?? "") \(request.header("X-Say") ?? "")")
            },
            HTTPPage(path: "/broken") { _ in throw TestService.Secret() },
        ]
        try await withServer(pages: pages) { port in
            let hello = try await exchange(port, rawRequest("GET", "/hello?name=a%20b", [("x-say", "hi")]))
            #expect(hello?.text == "hello a b hi")
            #expect(hello?.header("content-type") == "text/plain; charset=utf-8")
            let head = try await exchange(port, rawRequest("HEAD", "/hello"))
            #expect(head?.status == 200)
            #expect(head?.header("content-length") == "7")
            #expect(try await exchange(port, rawRequest("POST", "/hello"))?.status == 405)
            let broken = try await exchange(port, rawRequest("GET", "/broken"))
            #expect(broken?.status == 500)
            #expect(broken?.text == "internal error\n")
        }
    }
}
