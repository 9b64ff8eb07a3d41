import Contracts
import NIOCore
import Testing

@testable import RPC

/// What a sender is told of a body that cannot be read.
@Suite struct DecodingReasonTests {
    private func reason(_ codec: RPCCodec, _ body: ByteBuffer, strict: Bool = false) -> String {
        do {
            _ = try codec.decode(WireListLeadsRequest.self, from: body, refusesUnknownFields: strict)
            return ""
        } catch {
            return (error as? RPCError)?.message ?? "not an error of the protocol"
        }
    }

    @Test(arguments: [
        ("{", "it ends too early"), ("{} {}", "something follows its end"), ("{\"page\":7}", "malformed"),
        ("{\"page\":{\"pageSize\":4294967296}}", "a number is out of the range of its field"),
        ("{\"asOf\":\"soon\"}", "a time is not of the form 2026-01-31T09:30:00Z"),
        ("{\"state\":\"DEMAND_STATE_SOLD\"}", "a value is none of its enumeration"),
        ("{\"surprise\":1}", "it has no field \"surprise\""),
    ])
    func `the reason is a sentence about the body`(json: String, expected: String) {
        let reason = reason(.json, ByteBuffer(string: json), strict: true)
        #expect(reason.hasPrefix("the body is not a accord.scoring.v1.ListLeadsRequest in json: "))
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test func `of a broken binary form too`() {
        #expect(reason(.proto, ByteBuffer(bytes: [0x0A, 0x7F])).hasSuffix("in proto: it ends too early"))
    }
}
