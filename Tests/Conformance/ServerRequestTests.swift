import AccordTesting
import Contracts
import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

/// What the server takes for a call, over raw sockets: the rows "Request" and "Plain HTTP errors" of the protocol.
@Suite struct ServerRequestTests {
    private let json = ("content-type", "application/json")
    private let question = ByteBuffer(string: #"{"questions":[{"start":"2026-03-01T09:00:00Z","duration":"4h"}]}"#)
    private let echo = #"{"deadlines":["2026-03-01T09:00:00Z"]}"#

    private func binaryQuestion() throws -> ByteBuffer {
        let request = WirePreviewDeadlineRequest.with { $0.questions = [.with { $0.start.seconds = 5 }] }
        return ByteBuffer(bytes: try request.serializedBytes() as [UInt8])
    }

    private func code(_ answer: RawMessage?) -> String? {
        guard let answer, answer.header("content-type") == "application/json" else { return nil }
        return (try? Google_Protobuf_Struct(jsonUTF8Bytes: Array(answer.body.readableBytesView)))?.fields["code"]?
            .stringValue
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON;Charset=\"UTF-8\""])
    func `JSON is answered in JSON, whatever the case of its type`(type: String) async throws {
        try await withServer { port in
            let answer = try await exchange(
                port, rawRequest("POST", TestService.read, [("content-type", type)], body: question))
            #expect(answer?.status == 200)
            #expect(answer?.header("content-type") == "application/json")
            #expect(answer?.text == echo)
            #expect(answer?.header("date")?.hasSuffix("GMT") == true)
        }
    }

    @Test func `binary is answered in binary, and an empty body is an empty message`() async throws {
        try await withServer { port in
            let type = ("content-type", "application/proto")
            let answer = try await exchange(
                port, rawRequest("POST", TestService.read, [type], body: try binaryQuestion()))
            #expect(answer?.header("content-type") == "application/proto")
            let read = try WirePreviewDeadlineResponse(
                serializedBytes: Array(answer?.body.readableBytesView ?? .init(ByteBuffer())))
            #expect(read.deadlines.map(\.seconds) == [5])
            let empty = try await exchange(port, rawRequest("POST", TestService.read, [type]))
            #expect(empty?.status == 200)
            #expect(empty?.body.readableBytes == 0)
            let gzipped = [type, ("content-encoding", "gzip")]
            #expect(try await exchange(port, rawRequest("POST", TestService.read, gzipped))?.status == 200)
        }
    }

    @Test func `protocol version 1 or none is taken, any other refused`() async throws {
        try await withServer { port in
            for (version, status) in [("1", 200), ("2", 400), ("v1", 400)] {
                let headers = [json, ("connect-protocol-version", version)]
                let answer = try await exchange(port, rawRequest("POST", TestService.read, headers, body: question))
                #expect(answer?.status == status)
                if status == 400 { #expect(code(answer) == "invalid_argument") }
            }
        }
    }

    @Test func `a timeout that is no number is refused, and one that is over is over`() async throws {
        try await withServer { port in
            for (timeout, expected) in [
                ("abc", "invalid_argument"), ("12345678901", "invalid_argument"), ("0", "deadline_exceeded"),
            ] {
                let headers = [json, ("connect-timeout-ms", timeout)]
                let answer = try await exchange(port, rawRequest("POST", TestService.read, headers, body: question))
                #expect(code(answer) == expected)
            }
            let headers = [json, ("connect-timeout-ms", "9999999999")]
            #expect(
                try await exchange(port, rawRequest("POST", TestService.read, headers, body: question))?.status == 200)
        }
    }

    @Test func `a handler that takes too long is cancelled at the caller's timeout`() async throws {
        let service = TestService()
        try await withServer(service) { port in
            let headers = [json, ("connect-timeout-ms", "50"), ("x-test", "wait")]
            let answer = try await exchange(port, rawRequest("POST", TestService.read, headers, body: question))
            #expect(answer?.status == 504)
            #expect(code(answer) == "deadline_exceeded")
            for await _ in service.cancelled.stream { break }
        }
    }

    @Test func `without a timeout of the caller the server's own applies, and caps longer ones`() async throws {
        let limits = RPCLimits(defaultTimeout: .milliseconds(50), maximumTimeout: .milliseconds(50))
        try await withServer(limits: limits) { port in
            for timeout in [[], [("connect-timeout-ms", "60000")]] {
                let headers = [json, ("x-test", "wait")] + timeout
                let answer = try await exchange(port, rawRequest("POST", TestService.read, headers, body: question))
                #expect(code(answer) == "deadline_exceeded")
            }
        }
    }

    @Test func `gzip is read, other compressions are unimplemented and the known ones listed`() async throws {
        try await withServer { port in
            let gzipped = [json, ("content-encoding", "gzip")]
            let body = try Gzip.compress(question)
            #expect(try await exchange(port, rawRequest("POST", TestService.read, gzipped, body: body))?.text == echo)
            let identity = [json, ("content-encoding", "identity")]
            #expect(
                try await exchange(port, rawRequest("POST", TestService.read, identity, body: question))?.text == echo)
            let brotli = [json, ("content-encoding", "br")]
            let refused = try await exchange(port, rawRequest("POST", TestService.read, brotli, body: question))
            #expect(refused?.status == 501)
            #expect(code(refused) == "unimplemented")
            #expect(refused?.text.contains("gzip") == true)
        }
    }

    @Test(arguments: [
        ("application/json", "", ""), ("application/json", "{", ""), ("application/json", "null", ""),
        ("application/json", #"{"questions":5}"#, ""), ("application/json", #"{"questions":[{"start":"noon"}]}"#, ""),
        ("application/json", "{}garbage", ""), ("application/proto", "\u{0A}\u{7F}x", ""),
        ("application/json", "{}", "gzip"), ("application/json", "\u{1F}\u{8B}", "gzip"),
    ])
    func `a body that cannot be read is an invalid argument`(type: String, body: String, coding: String) async throws {
        try await withServer { port in
            let headers = [("content-type", type), ("content-encoding", coding)].filter { !$0.1.isEmpty }
            let answer = try await exchange(
                port, rawRequest("POST", TestService.read, headers, body: ByteBuffer(string: body)))
            #expect(answer?.status == 400)
            #expect(code(answer) == "invalid_argument")
            let next = try await exchange(port, rawRequest("POST", TestService.read, [json], body: question))
            #expect(next?.status == 200)
        }
    }

    @Test func `truncated gzip is an invalid argument`() async throws {
        try await withServer { port in
            let whole = try Gzip.compress(question)
            let part = try #require(whole.getSlice(at: 0, length: whole.readableBytes - 4))
            let headers = [json, ("content-encoding", "gzip")]
            #expect(
                code(try await exchange(port, rawRequest("POST", TestService.read, headers, body: part)))
                    == "invalid_argument")
        }
    }

    @Test func `unknown fields are ignored, or refused where the server is set so`() async throws {
        let body = ByteBuffer(string: #"{"colour":"green","questions":[]}"#)
        try await withServer { port in
            let answer = try await exchange(port, rawRequest("POST", TestService.read, [json], body: body))
            #expect(answer?.status == 200)
        }
        try await withServer(limits: RPCLimits(refusesUnknownFields: true)) { port in
            let answer = try await exchange(port, rawRequest("POST", TestService.read, [json], body: body))
            #expect(code(answer) == "invalid_argument")
            #expect(answer?.text.contains("colour") == true)
        }
    }

    @Test func `headers of bytes are taken with and without padding and sent without`() async throws {
        try await withServer { port in
            for value in ["AQI", "AQI="] {
                let headers = [json, ("x-raw-bin", value)]
                let answer = try await exchange(port, rawRequest("POST", TestService.read, headers, body: question))
                #expect(answer?.header("x-raw-bin") == "AQI")
                #expect(answer?.header("trailer-x-bytes") == "[1, 2]")
            }
        }
    }

    @Test func `unknown services and methods are 404, and case counts`() async throws {
        try await withServer { port in
            let paths = [
                "/nope.Service/PreviewDeadline", "/accord.sla.v1.SlaService/Nope", "/",
                "/accord.sla.v1.slaservice/PreviewDeadline", "/accord.sla.v1.SlaService/previewDeadline",
            ]
            for path in paths {
                let answer = try await exchange(port, rawRequest("POST", path, [json], body: question))
                #expect(answer?.status == 404)
            }
        }
    }

    @Test func `methods may live under a prefix, and then only there`() async throws {
        try await withServer(routes: TestService().routes, pathPrefix: "/api/v1") { port in
            for (prefix, status) in [("/api/v1", 200), ("", 404), ("/api", 404)] {
                let answer = try await exchange(
                    port, rawRequest("POST", prefix + TestService.read, [json], body: question))
                #expect(answer?.status == status)
            }
        }
    }

    @Test func `the wrong verb is 405 with the right ones`() async throws {
        try await withServer { port in
            let put = try await exchange(
                port, rawRequest("PUT", TestService.read, [json], body: question, length: question.readableBytes))
            #expect(put?.status == 405)
            #expect(put?.header("allow") == "GET, POST")
            for path in [TestService.write, TestService.idempotent] {
                let get = try await exchange(port, rawRequest("GET", path + "?encoding=json&message=%7B%7D"))
                #expect(get?.status == 405)
                #expect(get?.header("allow") == "POST")
            }
        }
    }

    @Test(arguments: ["", "text/plain", "application/connect+json", "application/json; charset=latin1"])
    func `a missing or unknown content type is 415 with those that are taken`(type: String) async throws {
        try await withServer { port in
            let headers = type.isEmpty ? [] : [("content-type", type)]
            let answer = try await exchange(port, rawRequest("POST", TestService.read, headers, body: question))
            #expect(answer?.status == 415)
            #expect(answer?.header("accept-post") == "application/json, application/proto")
        }
    }

    @Test func `a method without code is unimplemented`() async throws {
        try await withServer { port in
            let answer = try await exchange(
                port, rawRequest("POST", TestService.unimplemented, [json], body: ByteBuffer(string: "{}")))
            #expect(answer?.status == 501)
            #expect(code(answer) == "unimplemented")
        }
    }

    @Test func `reads are answered to GET in either codec, compressed or not`() async throws {
        try await withServer { port in
            let binary = try binaryQuestion()
            let queries = [
                GetQuery(codec: .json, coding: .identity, message: question).text,
                GetQuery(codec: .json, coding: .gzip, message: try Gzip.compress(question)).text,
                GetQuery(codec: .proto, coding: .identity, message: binary).text,
                GetQuery(codec: .proto, coding: .gzip, message: try Gzip.compress(binary)).text,
                "unknown=1&message=\(Base64.encode(question.readableBytesView, urlSafe: true))==&base64=1&encoding=json",
            ]
            for query in queries {
                let answer = try await exchange(port, rawRequest("GET", "\(TestService.read)?\(query)"))
                #expect(answer?.status == 200, "\(query)")
                #expect(answer?.header("vary") == "Accept-Encoding")
                #expect((answer?.body.readableBytes ?? 0) > 0)
            }
        }
    }

    @Test(arguments: [
        ("", 415), ("message=%7B%7D", 415), ("encoding=xml&message=%7B%7D", 415), ("encoding=json", 400),
        ("encoding=json&base64=1&message=!!", 400), ("encoding=json&message=nope", 400),
        ("encoding=json&message=", 400), ("connect=v2&encoding=json&message=%7B%7D", 400),
        ("encoding=json&compression=br&message=%7B%7D", 501), ("encoding=proto&message=", 200),
    ])
    func `a GET that cannot be read says so`(query: String, status: Int) async throws {
        try await withServer { port in
            let answer = try await exchange(port, rawRequest("GET", "\(TestService.read)?\(query)"))
            #expect(answer?.status == status)
        }
    }
}
