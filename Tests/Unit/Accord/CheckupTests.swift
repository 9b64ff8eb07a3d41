import AccordSuite
import AccordTesting
import Contracts
import Hosting
import NIOCore
import SwiftProtobuf
import Testing

/// What the doctor makes of what services say.
@Suite struct CheckupTests {
    private let json = ("content-type", "application/json")

    /// One process that stands for the five.
    private func findings(_ reviews: [WireReview], ages: [String: Int]) async throws -> [String: Finding] {
        let exposition = ages.map {
            "accord_outbox_age_seconds{service=\"\($0.key)\",subscriber=\"metrics\"} \($0.value)\n"
        }
        let due = try WireListReviewsResponse.with { $0.reviews = reviews }.jsonString()
        let (server, findings) = try await ScriptedServer.run { request, _ in
            if request.target == "/metrics" {
                return .answer(rawAnswer(200, body: ByteBuffer(string: exposition.joined())))
            }
            let isOverdue = request.target.hasSuffix("/ListReviews") && request.text.contains("OVERDUE")
            return .answer(rawAnswer(200, [json], body: ByteBuffer(string: isOverdue ? due : "{}")))
        } _: { server, url in
            let addresses = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, url) })
            let connection = SuiteConnection(addresses: addresses, token: "sesame")
            let findings = try await Checkup(addresses: addresses, token: "sesame").findings(connection.clients)
            await connection.close()
            return (server, findings)
        }
        let asked = server.requests.filter { $0.target == "/metrics" }
        #expect(asked.count == 5 && asked.allSatisfy { $0.header("authorization") == "Bearer sesame" })
        return Dictionary(findings.map { ("\($0.service) \($0.check)", $0) }) { first, _ in first }
    }

    @Test func `an event that has waited for too long is a fault of its sender`() async throws {
        let findings = try await findings([], ages: ["scoring": 301, "icp": 300, "sla": 0])
        #expect(findings["scoring outbox"]?.passed == false)
        #expect(findings["scoring outbox"]?.evidence == "nothing parked; the oldest event has waited for 301 s")
        #expect(findings["icp outbox"]?.passed == true)
        for name in ["sla", "metrics"] { #expect(findings["\(name) outbox"]?.evidence == "nothing parked") }
    }

    @Test func `reviews that are due are named, and are no fault`() async throws {
        let late = try await findings([.with { $0.section = "scoring" }], ages: [:])
        #expect(late["icp reviews"]?.evidence == "overdue: scoring" && late["icp reviews"]?.passed == true)
        #expect(try await findings([], ages: [:])["icp reviews"]?.evidence == "none is due")
    }
}
