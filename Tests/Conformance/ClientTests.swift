import AccordTesting
import Contracts
import Logging
import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

/// What the client sends and how it takes answers, against a server that answers by hand.
@Suite struct ClientTests {
    private let read = WireSlaServiceMethods.previewDeadline
    private let write = WireIcpServiceMethods.proposeAgreement
    private let json = ("content-type", "application/json")
    private let question = WirePreviewDeadlineRequest.with { $0.questions = [.with { $0.duration = "4h" }] }
    private let ok = rawAnswer(200, [("content-type", "application/json")], body: ByteBuffer(string: "{}"))

    private func withClient<Result: Sendable>(
        _ url: String, _ configuration: RPCClientConfiguration = RPCClientConfiguration(retry: .never),
        _ body: (RPCHTTPTransport) async throws -> Result
    ) async throws -> Result {
        let transport = RPCHTTPTransport(baseURL: url, configuration: configuration)
        do {
            let result = try await body(transport)
            try await transport.shutdown()
            return result
        } catch {
            try await transport.shutdown()
            throw error
        }
    }

    /// The error that a read ends in where the server answers so.
    private func error(
        after step: ScriptedServer.Step,
        _ configuration: RPCClientConfiguration = RPCClientConfiguration(retry: .never),
        _ options: CallOptions = CallOptions()
    ) async throws -> RPCError? {
        try await ScriptedServer.run({ _, _ in step }) { _, url in
            try await withClient(url, configuration) { client in
                await #expect(throws: RPCError.self) { try await client.call(read, question, options) }
            }
        }
    }

    @Test func `a call is a POST with the headers of the protocol and those of the caller`() async throws {
        let configuration = RPCClientConfiguration(bearerToken: "sesame")
        try await ScriptedServer.run({ _, _ in .answer(ok) }) { server, url in
            try await withClient(url + "/prefix/", configuration) { client in
                var options = CallOptions(timeout: .seconds(7), idempotencyKey: "k-1", requestID: "r-1")
                options.headers = [("X-Say", "hello"), ("content-type", "text/plain")]
                options.addBinaryHeader("x-raw-bin", [1, 2])
                _ = try await client.call(read, question, options)
            }
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/prefix/accord.sla.v1.SlaService/PreviewDeadline")
            #expect(request.header("content-type") == "application/json")
            #expect(request.header("connect-protocol-version") == "1")
            #expect(request.header("accept-encoding") == "gzip")
            #expect(request.header("content-encoding") == nil)
            #expect(request.header("authorization") == "Bearer sesame")
            #expect(request.header("idempotency-key") == "k-1")
            #expect(request.header("x-request-id") == "r-1")
            #expect(request.header("x-say") == "hello")
            #expect(request.header("x-raw-bin") == "AQI")
            #expect(request.header("traceparent").flatMap(TraceParent.init) != nil)
            let timeout = try #require(request.header("connect-timeout-ms").flatMap(Int.init))
            #expect((6000...7000).contains(timeout))
            #expect(request.text == #"{"questions":[{"duration":"4h"}]}"#)
        }
    }

    @Test func `bodies are gzip from the threshold on, or never`() async throws {
        for (usesGzip, threshold, coding) in [(true, 0, "gzip"), (true, 1024, nil), (false, 0, nil)] {
            let configuration = RPCClientConfiguration(usesGzip: usesGzip, compressionThreshold: threshold)
            try await ScriptedServer.run({ _, _ in .answer(ok) }) { server, url in
                _ = try await withClient(url, configuration) { try await $0.call(read, question, CallOptions()) }
                let request = try #require(server.requests.first)
                #expect(request.header("content-encoding") == coding)
                #expect(request.header("accept-encoding") == (usesGzip ? "gzip" : "identity"))
                if coding != nil {
                    #expect(try Gzip.decompress(request.body, limit: 1000) == RPCCodec.json.encode(question))
                }
            }
        }
    }

    @Test func `reads go as GET where that is asked for and the URL is short enough, writes never`() async throws {
        let configuration = RPCClientConfiguration(maxGetURLBytes: 300)
        let long = WirePreviewDeadlineRequest.with { $0.questions = Array(repeating: question.questions[0], count: 30) }
        try await ScriptedServer.run({ _, _ in .answer(ok) }) { server, url in
            try await withClient(url, configuration) { client in
                _ = try await client.call(read, question, CallOptions())
                _ = try await client.call(read, long, CallOptions())
                _ = try await client.call(write, .init(), CallOptions())
            }
            let (first, others) = (try #require(server.requests.first), server.requests.dropFirst())
            #expect(first.method == "GET")
            #expect(first.target.contains("PreviewDeadline?connect=v1&encoding=json&message=%7B"))
            #expect(first.body.readableBytes == 0)
            #expect(first.header("content-type") == nil)
            #expect(first.header("connect-timeout-ms") != nil)
            #expect(others.map(\.method) == ["POST", "POST"])
        }
    }

    @Test func `a call on behalf of another carries its deadline, trace and request id`() async throws {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let parent = RPCContext(
            path: "/a/b", requestID: "r-2", traceparent: trace, deadline: .now.advanced(by: .seconds(30)),
            logger: Logger(label: "test"))
        try await ScriptedServer.run({ _, _ in .answer(ok) }) { server, url in
            try await withClient(url) { client in
                _ = try await client.call(read, question, CallOptions(timeout: .seconds(600), parent: parent))
                var late = parent
                late.deadline = .now
                let error = await #expect(throws: RPCError.self) {
                    try await client.call(read, question, CallOptions(parent: late))
                }
                #expect(error?.code == .deadlineExceeded)
            }
            #expect(server.requests.count == 1)
            let request = try #require(server.requests.first)
            #expect(request.header("x-request-id") == "r-2")
            let next = try #require(request.header("traceparent").flatMap(TraceParent.init))
            #expect(next.traceID == "0af7651916cd43dd8448eb211c80319c")
            #expect(next.spanID != "b7ad6b7169203331")
            #expect(try #require(request.header("connect-timeout-ms").flatMap(Int.init)) <= 30_000)
        }
    }

    @Test(arguments: [
        (400, RPCCode.internal), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented),
        (429, .unavailable), (502, .unavailable), (503, .unavailable), (504, .unavailable), (418, .unknown),
        (500, .unknown), (301, .unknown),
    ])
    func `a status without a code is given one, be the body JSON or not`(status: Int, code: RPCCode) async throws {
        let page = rawAnswer(status, [("content-type", "text/html")], body: ByteBuffer(string: #"{"code":"aborted"}"#))
        #expect(try await error(after: .answer(page))?.code == code)
        let body = ByteBuffer(string: #"{"code":"no_code","message":"why","extra":1}"#)
        let answer = try await error(after: .answer(rawAnswer(status, [json], body: body)))
        #expect(answer?.code == code)
        #expect(answer?.message == "why")
    }

    @Test func `an error keeps code, message and details, also compressed and with a bad debug`() async throws {
        let body = ByteBuffer(
            string: #"""
                {"code":"aborted","message":"again","more":{},
                "details":[{"type":"accord.common.v1.BadRequest","value":"CgMKAWE","debug":"odd"}]}
                """#)
        let headers = [json, ("content-encoding", "gzip")]
        for answer in [rawAnswer(409, [json], body: body), rawAnswer(409, headers, body: try Gzip.compress(body))] {
            let error = try await error(after: .answer(answer))
            #expect(error?.code == .aborted)
            #expect(error?.message == "again")
            #expect(error?.details.first?.decoded(as: WireBadRequest.self)?.violations.map(\.path) == ["a"])
        }
    }

    @Test func `an answer of another type is unknown, of the other codec or compression internal`() async throws {
        let body = ByteBuffer(string: "{}")
        let answers: [(ByteBuffer, RPCCode)] = [
            (rawAnswer(200, [("content-type", "text/html")], body: body), .unknown),
            (rawAnswer(200, body: body), .unknown),
            (rawAnswer(200, [("content-type", "application/proto")]), .internal),
            (rawAnswer(200, [json, ("content-encoding", "br")], body: body), .internal),
            (rawAnswer(200, [json, ("content-encoding", "gzip")], body: body), .internal),
            (rawAnswer(200, [json], body: ByteBuffer(string: "{")), .internal),
        ]
        for (answer, code) in answers { #expect(try await error(after: .answer(answer))?.code == code) }
    }

    @Test func `an answer above the limit is refused, a bomb with it`() async throws {
        let configuration = RPCClientConfiguration(retry: .never, maxMessageBytes: 1000)
        let spaces = ByteBuffer(repeating: 32, count: 1_000_000)
        let headers = [json, ("content-encoding", "gzip")]
        for answer in [rawAnswer(200, [json], body: spaces), rawAnswer(200, headers, body: try Gzip.compress(spaces))] {
            #expect(try await error(after: .answer(answer), configuration)?.code == .resourceExhausted)
        }
    }

    @Test func `a request that cannot be written is at fault itself, not the way to the service`() async throws {
        let request = WireProposeAgreementRequest.with {
            $0.agreement.scoring.fit = [.with { $0.when.value = Google_Protobuf_Value(numberValue: .nan) }]
        }
        try await withClient("http://127.0.0.1:1") { client in
            let error = await #expect(throws: RPCError.self) { try await client.call(write, request, CallOptions()) }
            #expect(error?.code == .internal)
        }
    }

    @Test func `a server that says nothing, or half of it, is given up at the timeout`() async throws {
        let options = CallOptions(timeout: .milliseconds(100))
        let half = ByteBuffer(string: "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        for step in [ScriptedServer.Step.stall(ByteBuffer()), .stall(half)] {
            #expect(try await error(after: step, RPCClientConfiguration(), options)?.code == .deadlineExceeded)
        }
    }

    @Test func `a connection that breaks or cannot be made is unavailable`() async throws {
        let half = ByteBuffer(string: "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        for step in [ScriptedServer.Step.hangUp(ByteBuffer()), .hangUp(half)] {
            #expect(try await error(after: step)?.code == .unavailable)
        }
        let gone = try await withServer { $0 }
        let refused = try await withClient("http://127.0.0.1:\(gone)") { client in
            await #expect(throws: RPCError.self) { try await client.call(read, question, CallOptions()) }
        }
        #expect(refused?.code == .unavailable)
        #expect(refused?.message == "the service cannot be reached" && refused?.cause != nil)
    }

    @Test func `cancelling the caller cancels the call`() async throws {
        let service = TestService()
        try await withServer(service, limits: RPCLimits(maximumTimeout: .seconds(3))) { port in
            try await withClient("http://127.0.0.1:\(port)") { client in
                let call = Task { try await client.call(read, question, CallOptions(headers: [("x-test", "wait")])) }
                for await _ in service.waiting.stream { break }
                call.cancel()
                let error = await #expect(throws: RPCError.self) { try await call.value }
                #expect(error?.code == .canceled)
            }
        }
    }

    @Test func `trailers and headers of an answer reach the caller`() async throws {
        let headers = [json, ("x-colour", "green"), ("Trailer-X-Count", "3")]
        let answer = rawAnswer(200, headers, body: ByteBuffer(string: "{}"))
        try await ScriptedServer.run({ _, _ in .answer(answer) }) { _, url in
            let metadata = RPCMetadata()
            _ = try await withClient(url) { try await $0.call(read, question, CallOptions(response: metadata)) }
            #expect(metadata.header("X-Colour") == "green")
            #expect(metadata.trailer("x-count") == "3")
            #expect(metadata.header("trailer-x-count") == nil)
        }
    }

    @Test func `a read is tried again where the service is unavailable, a write with a key only`() async throws {
        let busy = rawAnswer(503, [json], body: ByteBuffer(string: #"{"code":"unavailable"}"#))
        let configuration = RPCClientConfiguration(retry: RPCRetryPolicy(baseDelay: .milliseconds(1)))
        try await ScriptedServer.run({ _, index in .answer(index == 1 ? ok : busy) }) { server, url in
            try await withClient(url, configuration) { client in
                _ = try await client.call(read, question, CallOptions())
                #expect(server.requests.count == 2)
                let error = await #expect(throws: RPCError.self) {
                    try await client.call(write, .init(), CallOptions())
                }
                #expect(error?.code == .unavailable)
                #expect(server.requests.count == 3)
                await #expect(throws: RPCError.self) {
                    try await client.call(write, .init(), CallOptions(idempotencyKey: "k"))
                }
                #expect(server.requests.count == 6)
                #expect(server.requests.suffix(3).allSatisfy { $0.header("idempotency-key") == "k" })
            }
        }
    }

    @Test func `after a retry the caller sees the headers of the last answer alone`() async throws {
        let busy = rawAnswer(503, [json, ("x-colour", "red"), ("x-first", "1"), ("trailer-x-count", "1")])
        let done = rawAnswer(200, [json, ("x-colour", "green")], body: ByteBuffer(string: "{}"))
        let configuration = RPCClientConfiguration(retry: RPCRetryPolicy(baseDelay: .milliseconds(1)))
        try await ScriptedServer.run({ _, index in .answer(index == 0 ? busy : done) }) { _, url in
            let metadata = RPCMetadata()
            _ = try await withClient(url, configuration) {
                try await $0.call(read, question, CallOptions(response: metadata))
            }
            #expect(metadata.header("x-colour") == "green")
            #expect(metadata.header("x-first") == nil && metadata.trailer("x-count") == nil)
        }
    }

    @Test func `an empty budget ends the retries`() async throws {
        let busy = rawAnswer(503, [json], body: ByteBuffer(string: #"{"code":"unavailable"}"#))
        let retry = RPCRetryPolicy(baseDelay: .milliseconds(1), budgetRatio: 0, budgetReserve: 3)
        try await ScriptedServer.run({ _, _ in .answer(busy) }) { server, url in
            try await withClient(url, RPCClientConfiguration(retry: retry)) { client in
                for _ in 0..<4 { _ = try? await client.call(read, question, CallOptions()) }
            }
            #expect(server.requests.count == 4 + 3)
        }
    }
}

/// Our client with our server.
@Suite struct RoundTripTests {
    private static let configurations: [RPCClientConfiguration] = RPCCodec.allCases.flatMap { codec in
        [true, false].flatMap { usesGzip in
            [nil, 8192].map { maxGetURLBytes in
                RPCClientConfiguration(
                    codec: codec, usesGzip: usesGzip, compressionThreshold: 0, maxGetURLBytes: maxGetURLBytes)
            }
        }
    }

    @Test(arguments: configurations.indices)
    func `every way to call gives the same answers and errors`(index: Int) async throws {
        try await withServer { port in
            let transport = RPCHTTPTransport(
                baseURL: "http://127.0.0.1:\(port)", configuration: Self.configurations[index])
            let (sla, scoring) = (WireSlaServiceClient(transport), WireScoringServiceClient(transport))
            let questions = (0..<100).map { second in WireDeadlineQuestion.with { $0.start.seconds = Int64(second) } }
            let answer = try await sla.previewDeadline(.with { $0.questions = questions })
            #expect(answer.deadlines == questions.map(\.start))
            let leads = try await scoring.upsertLeads(.with { $0.leads = [.with { $0.leadID = "ü-1" }] })
            #expect(leads.results.map(\.id) == ["ü-1"])
            let error = await #expect(throws: RPCError.self) {
                try await sla.previewDeadline(.init(), CallOptions(headers: [("x-test", "details")]))
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.details.first?.decoded(as: WireBadRequest.self)?.violations.first?.found == "x")
            let missing = await #expect(throws: RPCError.self) { try await sla.listTimers(.init()) }
            #expect(missing?.code == .unimplemented)
            try await transport.shutdown()
        }
    }

    @Test func `many calls at once are each answered with their own`() async throws {
        try await withServer { port in
            let transport = RPCHTTPTransport(baseURL: "http://127.0.0.1:\(port)")
            let client = WireSlaServiceClient(transport)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for second in 0..<300 {
                    group.addTask {
                        let question = WireDeadlineQuestion.with { $0.start.seconds = Int64(second) }
                        return try await client.previewDeadline(.with { $0.questions = [question] }).deadlines
                            == [question.start]
                    }
                }
                for try await isOwn in group { #expect(isOwn) }
            }
            try await transport.shutdown()
        }
    }
}
