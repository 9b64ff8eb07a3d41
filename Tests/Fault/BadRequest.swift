import Contracts
import Foundation
import Hosting
import Kernel
import NIOCore
import RPC
import SwiftProtobuf

/// A request that no service may act on.
struct BadRequest: Sendable {
    enum Answer: Sendable {
        /// An error of the protocol.
        case refused(RPCCode)
        /// Every item of the batch fails, and nothing else does.
        case itemsFail
        /// An error that is the caller's, or an answer that changes nothing.
        case harmless
    }

    let name: String
    let path: String
    var headers: [(String, String)] = [("content-type", "application/json")]
    var body: ByteBuffer
    var answer: Answer

    init(_ name: String, _ path: String, _ json: String, _ answer: Answer = .refused(.invalidArgument)) {
        self.init(name, path, body: ByteBuffer(string: json), answer)
    }

    init(_ name: String, _ path: String, body: ByteBuffer, _ answer: Answer = .refused(.invalidArgument)) {
        (self.name, self.path, self.body, self.answer) = (name, path, body, answer)
    }

    /// A message in the binary form, which carries what JSON cannot.
    init(_ name: String, _ path: String, binary message: any Message, _ answer: Answer) throws {
        let bytes: [UInt8] = try message.serializedBytes()
        self.init(name, path, body: ByteBuffer(bytes: bytes), answer)
        headers = [("content-type", "application/proto")]
    }

    func with(_ header: String, _ value: String) -> BadRequest {
        var request = self
        request.headers.append((header, value))
        return request
    }
}

/// A method that takes a list of items with ids.
struct BatchMethod {
    let path: String
    let list: String
    let id: String

    static let publish = BatchMethod(path: "/accord.event.v1.EventService/Publish", list: "events", id: "eventId")

    /// The doors of each service that take the most.
    static func of(_ service: ServiceName) -> [BatchMethod] {
        let own =
            switch service {
            case .icp: BatchMethod(path: "/accord.icp.v1.IcpService/UpsertAccounts", list: "accounts", id: "accountId")
            case .scoring:
                BatchMethod(path: "/accord.scoring.v1.ScoringService/UpsertLeads", list: "leads", id: "leadId")
            case .routing: BatchMethod(path: "/accord.routing.v1.RoutingService/UpsertReps", list: "reps", id: "repId")
            case .sla:
                BatchMethod(path: "/accord.sla.v1.SlaService/PreviewDeadline", list: "questions", id: "calendarId")
            case .metrics:
                BatchMethod(path: "/accord.metrics.v1.MetricsService/RecordTouches", list: "touches", id: "touchId")
            }
        return [own, publish]
    }

    /// What is no request at all, whatever the method.
    func unreadable(seed: UInt64) -> [BadRequest] {
        let texts = [
            ("nothing", ""), ("an open brace", "{"), ("a word", "nonsense"), ("a list", "[]"), ("a text", "\"x\""),
            ("a number", "7"), ("two objects", "{} {}"), ("half a request", "{\"\(list)\":[{\"\(id)\":\"a"),
            ("text for a list", "{\"\(list)\":\"x\"}"), ("an object for a list", "{\"\(list)\":{\"a\":1}}"),
            ("a number for an item", "{\"\(list)\":[7]}"), ("null for an item", "{\"\(list)\":[null]}"),
            ("an object for a text", "{\"\(list)\":[{\"\(id)\":{\"a\":1}}]}"),
            ("true for a text", "{\"\(list)\":[{\"\(id)\":true}]}"),
            ("half a surrogate pair", "{\"\(list)\":[{\"\(id)\":\"\\ud800\"}]}"),
            ("lists without end", "{\"\(list)\":" + String(repeating: "[", count: 100_000)),
            ("objects without end", String(repeating: "{\"\(list)\":[", count: 50_000)),
            ("unknown objects without end", String(repeating: "{\"a\":", count: 100_000)),
        ]
        var random = SeededRandom(seed: seed)
        let noise = ByteBuffer(bytes: (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) })
        var notText = ByteBuffer(string: "{\"\(list)\":[{\"\(id)\":\"")
        notText.writeBytes([0xFF, 0xFE])
        notText.writeString("\"}]}")
        let empty = ByteBuffer(string: "{}")
        return texts.map { BadRequest($0, path, $1) } + [
            BadRequest("bytes that are no text", path, body: notText), BadRequest("noise", path, body: noise),
            BadRequest("noise as gzip", path, body: noise).with("content-encoding", "gzip"),
            BadRequest("an unknown compression", path, body: empty, .refused(.unimplemented))
                .with("content-encoding", "br"),
            BadRequest("another version of the protocol", path, body: empty).with("connect-protocol-version", "2"),
            BadRequest("a timeout that is no number", path, body: empty).with("connect-timeout-ms", "soon"),
            BadRequest("a timeout below zero", path, body: empty).with("connect-timeout-ms", "-1"),
            BadRequest("too much", path, body: ByteBuffer(repeating: 32, count: 5 << 20), .refused(.resourceExhausted)),
        ]
    }

    /// Random bytes where a message in the binary form should be: some are one, with fields that no one knows.
    func binaryNoise(seed: UInt64) -> [BadRequest] {
        var random = SeededRandom(seed: seed)
        return (0..<20).map { number in
            let bytes = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var request = BadRequest("binary noise \(number)", path, body: ByteBuffer(bytes: bytes), .harmless)
            request.headers = [("content-type", "application/proto")]
            return request
        }
    }
}
