import AccordTesting
import Contracts
import Kernel
import NIOCore
import SwiftProtobuf
import Testing

@testable import RPC

/// Callers who mean harm, or whose network breaks: a clear error, and the server lives.
@Suite struct ServerFaultTests {
    private let json = ("content-type", "application/json")
    private let empty = ByteBuffer(string: "{}")

    private func expectAlive(_ port: Int) async throws {
        let answer = try await exchange(port, rawRequest("POST", TestService.read, [json], body: empty))
        #expect(answer?.status == 200)
    }

    @Test func `a message above the limit is refused, by its length, as it comes, and once decompressed`() async throws
    {
        let limits = RPCLimits(maxMessageBytes: 10_000)
        let large = ByteBuffer(string: "{\"a\":\"" + String(repeating: "x", count: 10_000) + "\"}")
        var chunked = ByteBuffer(
            string: "POST \(TestService.read) HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
                + "transfer-encoding: chunked\r\n\r\n\(String(large.readableBytes, radix: 16))\r\n")
        chunked.writeImmutableBuffer(large)
        chunked.writeString("\r\n0\r\n\r\n")
        let bomb = try Gzip.compress(ByteBuffer(repeating: 32, count: 32 * 1024 * 1024))
        let gzipped = [json, ("content-encoding", "gzip")]
        let query = GetQuery(codec: .json, coding: .gzip, message: try Gzip.compress(large)).text
        let requests = [
            rawRequest("POST", TestService.read, [json], body: large), chunked,
            rawRequest("POST", TestService.read, gzipped, body: bomb),
            rawRequest("POST", TestService.read, gzipped, body: try Gzip.compress(large)),
            rawRequest("GET", "\(TestService.read)?\(query)"),
        ]
        try await withServer(limits: limits) { port in
            for request in requests {
                let answer = try await exchange(port, request)
                #expect(answer?.status == 429)
                #expect(answer?.text.contains("\"resource_exhausted\"") == true)
            }
            try await expectAlive(port)
        }
    }

    @Test func `who sends too much is told how much may be sent`() async throws {
        try await withServer(limits: RPCLimits(maxMessageBytes: 1_000)) { port in
            let transport = RPCHTTPTransport(baseURL: "http://127.0.0.1:\(port)")
            let request = WirePreviewDeadlineRequest.with { $0.questions = Array(repeating: .init(), count: 1_000) }
            let error = await #expect(throws: RPCError.self) {
                try await WireSlaServiceClient(transport).previewDeadline(request)
            }
            #expect(error?.code == .resourceExhausted)
            #expect(error?.details.first?.decoded(as: WireMessageTooLarge.self)?.maxBytes == 1_000)
            try await transport.shutdown()
        }
    }

    @Test func `a message at the limit passes`() async throws {
        let body = ByteBuffer(string: "{\"a\":\"" + String(repeating: "x", count: 992) + "\"}")
        #expect(body.readableBytes == 1000)
        for (limit, status) in [(1000, 200), (999, 429)] {
            try await withServer(limits: RPCLimits(maxMessageBytes: limit)) { port in
                let answer = try await exchange(port, rawRequest("POST", TestService.read, [json], body: body))
                #expect(answer?.status == status)
            }
        }
    }

    @Test func `a head that comes too slowly is answered 408 and the connection ends`() async throws {
        try await withServer(limits: RPCLimits(headTimeout: .milliseconds(50))) { port in
            try await withConnection(port) { connection in
                try await connection.send("POST \(TestService.read) HTTP/1.1\r\nhost:")
                #expect(try await connection.answer()?.status == 408)
                try await connection.end()
            }
            try await expectAlive(port)
        }
    }

    @Test func `a body that comes too slowly is answered 408 and the connection ends`() async throws {
        try await withServer(limits: RPCLimits(bodyTimeout: .milliseconds(50))) { port in
            try await withConnection(port) { connection in
                let part = ByteBuffer(string: "{")
                try await connection.send(rawRequest("POST", TestService.read, [json], body: part, length: 100))
                let answer = try await connection.answer()
                #expect(answer?.status == 408)
                #expect(answer?.text.contains("deadline_exceeded") == true)
                #expect(answer?.header("connection") == "close")
                try await connection.end()
            }
            try await expectAlive(port)
        }
    }

    @Test func `a connection on which nothing happens is closed`() async throws {
        // Long enough for a busy machine to connect and send before the time is over.
        try await withServer(limits: RPCLimits(idleTimeout: .seconds(2))) { port in
            try await withConnection(port) { connection in
                try await connection.end()
            }
            try await withConnection(port) { connection in
                try await connection.send(rawRequest("POST", TestService.read, [json], body: empty))
                #expect(try await connection.answer()?.status == 200)
                try await connection.end()
            }
        }
    }

    @Test func `a caller who does not read the answer cannot hold up a shutdown`() async throws {
        let (asked, isAsked) = AsyncStream.makeStream(of: Void.self)
        let (over, isOver) = AsyncStream.makeStream(of: Void.self)
        let page = HTTPPage(path: "/large") { _ in
            isAsked.yield()
            return HTTPPageResponse(contentType: "text/plain", body: [UInt8](repeating: 32, count: 64 * 1024 * 1024))
        }
        var caller: Task<Void, any Error>?
        try await withServer(limits: RPCLimits(answerTimeout: .milliseconds(50)), pages: [page]) { port in
            caller = Task {
                try await withConnection(port) { connection in
                    try await connection.send(rawRequest("GET", "/large"))
                    for await _ in over { break }
                    #expect(try await connection.answer() == nil)
                }
            }
            for await _ in asked { break }
        }
        isOver.yield()
        _ = try? await caller?.value
    }

    @Test(arguments: ["colour", "leads"])
    func `JSON nested without end is refused, in known and in unknown fields`(field: String) async throws {
        let depth = 1_000_000
        let body = ByteBuffer(string: "{\"\(field)\":" + String(repeating: "[", count: depth))
        let custom = ByteBuffer(
            string: #"{"leads":[{"custom":{"a":"# + String(repeating: "[", count: depth)
                + String(repeating: "]", count: depth) + "}}]}")
        try await withServer { port in
            for body in [body, custom] {
                let answer = try await exchange(port, rawRequest("POST", TestService.idempotent, [json], body: body))
                #expect(answer?.status == 400)
            }
            try await expectAlive(port)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `requests with random faults get an answer or an end, and the server lives`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let valid = rawRequest(
            "POST", TestService.read, [json, ("content-encoding", "gzip"), ("connect-timeout-ms", "1000")],
            body: try Gzip.compress(empty))
        try await withServer(limits: RPCLimits(headTimeout: .milliseconds(20), bodyTimeout: .milliseconds(20))) {
            port in
            for _ in 0..<100 {
                var request = valid
                for _ in 0...random.next() % 4 {
                    let position = Int(random.next() % UInt64(request.readableBytes))
                    request.setInteger(UInt8(truncatingIfNeeded: random.next()), at: position)
                }
                _ = try? await exchange(port, request)
            }
            try await expectAlive(port)
        }
    }

    @Test func `a connection that breaks within a request harms no other`() async throws {
        try await withServer { port in
            for part in ["POST", "POST \(TestService.read) HTTP/1.1\r\ncontent-le", ""] {
                try await withConnection(port) { try await $0.send(part) }
            }
            try await withConnection(port) { connection in
                try await connection.send(rawRequest("POST", TestService.read, [json], body: empty, length: 100))
            }
            try await expectAlive(port)
        }
    }

    @Test func `a caller who leaves while the handler runs harms no other`() async throws {
        let service = TestService()
        try await withServer(service, limits: RPCLimits(defaultTimeout: .milliseconds(200))) { port in
            try await withConnection(port) { connection in
                try await connection.send(
                    rawRequest("POST", TestService.read, [json, ("x-test", "wait")], body: empty))
                for await _ in service.waiting.stream { break }
            }
            try await expectAlive(port)
            for await _ in service.cancelled.stream { break }
        }
    }

    @Test func `what is no HTTP is refused`() async throws {
        try await withServer { port in
            try await withConnection(port) { connection in
                try await connection.send("hello there\r\n\r\n")
                #expect(try await connection.answer()?.status == 400)
            }
            try await expectAlive(port)
        }
    }

    @Test func `a caller who waits to be asked for the body is asked`() async throws {
        try await withServer { port in
            try await withConnection(port) { connection in
                let headers = [json, ("expect", "100-continue")]
                try await connection.send(rawRequest("POST", TestService.read, headers, length: 2))
                #expect(try await connection.answer()?.status == 100)
                try await connection.send(empty)
                #expect(try await connection.answer()?.status == 200)
            }
        }
    }

    @Test func `shutting down refuses new connections and finishes running calls`() async throws {
        let service = TestService()
        try await withServer(service) { port, shutDown in
            try await withConnection(port) { idle in
                try await withConnection(port) { connection in
                    try await connection.send(
                        rawRequest("POST", TestService.read, [json, ("x-test", "release")], body: empty))
                    for await _ in service.waiting.stream { break }
                    await shutDown()
                    // The end of an idle connection shows that the shutdown is under way.
                    try await idle.end()
                    await #expect(throws: (any Error).self) { try await withConnection(port) { _ in } }
                    service.release.continuation.yield()
                    #expect(try await connection.answer()?.status == 200)
                    try await connection.end()
                }
            }
        }
    }
}
