import AccordTesting
import Contracts
import GRDB
import Kernel
import NIOCore
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

/// A relay that tells over real HTTP, through a proxy that takes small bodies only.
@Suite struct RelayOverHTTPTests {
    private static let maxBytes = 4_000
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    /// Answers 413 with a page of its own, as proxies do, and otherwise what a subscriber would.
    private static func answer(_ request: RawMessage) -> ScriptedServer.Step {
        guard request.body.readableBytes <= maxBytes else {
            return .hangUp(
                rawAnswer(
                    413, [("content-type", "text/html"), ("connection", "close")],
                    body: ByteBuffer(string: "<html>Request Entity Too Large</html>")))
        }
        let results = events(of: request).map { event in
            WireEventResult.with {
                $0.eventID = event.eventID
                $0.status = .applied
            }
        }
        let body = try? WirePublishResponse.with { $0.results = results }.jsonString()
        return .answer(
            rawAnswer(200, [("content-type", "application/json")], body: ByteBuffer(string: body ?? "")))
    }

    private static func events(of request: RawMessage) -> [WireEvent] {
        (try? WirePublishRequest(jsonString: request.text))?.events ?? []
    }

    @Test func `what a proxy calls too large is told in parts, and an event that is so alone is set aside`()
        async throws
    {
        let details = (0..<40).map { $0 == 27 ? String(repeating: "x", count: Self.maxBytes) : "\($0)" }
        try await fixture.store.write { transaction in
            for (number, detail) in details.enumerated() {
                try StoreFixture.tell("k\(number)", transaction, reason: detail)
            }
        }
        try await ScriptedServer.run({ request, _ in Self.answer(request) }) { server, url in
            let transport = RPCHTTPTransport(
                baseURL: url, configuration: RPCClientConfiguration(usesGzip: false, retry: .never))
            let relay = Relay(
                fixture.store, subscriber: "metrics", kinds: [.handoffRejected],
                transport: RPCEventTransport(transport))
            do {
                while try await relay.runOnce() > 0 {}
            } catch {
                Issue.record(error)
            }
            try await transport.shutdown()
            let taken = server.requests.filter { $0.body.readableBytes <= Self.maxBytes }
            let told = taken.flatMap(Self.events).map(\.handoffRejected.reasonDetail)
            #expect(told == details.filter { $0.count < Self.maxBytes })
            #expect(taken.count < server.requests.count)
        }
        let aside = try await fixture.store.read {
            try String.fetchAll($0, sql: "SELECT key || ' ' || state || ': ' || error FROM relay_exception")
        }
        #expect(aside == ["k27 retrying: HTTP status 413"])
    }
}
