import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

@testable import ScoringService

/// Leads of which more is known than one event can hold.
@Suite struct LargeLeadTests {
    private let start = ScoringFixture.start

    /// Of 120,000 bytes.
    private func visit(_ number: Int, _ leadID: String = "ana") -> WireEngagement {
        var visit = WireEngagement.test(
            "visit-\(number)", leadID, "page_viewed", at: start.adding(.minutes(Int64(number - 100))))
        for place in 0..<20 {
            visit.attributes["a\(place)"] = .init(stringValue: String(repeating: "\u{20AC}", count: 2_000))
        }
        return visit
    }

    @Test func `a lead of which more is known than an event holds qualifies, with as much as there is room for`()
        async throws
    {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana", employees: 450), .test("ben", employees: 450)])
        for number in 0..<10 { _ = try await fixture.record([visit(number)]) }
        let effect = start.adding(.days(2))
        fixture.service.clock.advance(to: effect)
        try await fixture.activate(.test(2, effectiveAt: effect) { $0.qualification.threshold = 40 })
        try await fixture.service.settle()
        #expect(try await fixture.rescores()[0].hasFinishedAt)
        let told = try await fixture.qualified()
        #expect(told.map(\.lead.leadID) == ["ana", "ben"])
        let packet = told[0].context
        #expect(packet.engagementCount == 10)
        #expect(packet.engagements.map(\.engagementID) == (0..<10).reversed().map { "visit-\($0)" })
        #expect(packet.engagements.map(\.attributes.count) == [20, 20] + Array(repeating: 0, count: 8))
        #expect(!packet.ledger.isEmpty && packet.ledger.allSatisfy { !$0.evidence.isEmpty })
    }

    @Test func `engagement that is too much for one event is told in several, each once`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana", employees: 450)], (0..<10).map { visit($0) })
        let told = try await fixture.scored()
        #expect(told.flatMap(\.engagements).map(\.engagementID) == (0..<10).map { "visit-\($0)" })
        #expect(told.map(\.engagements.count) == [2, 2, 2, 2, 2])
        #expect(told.map(\.created) == [true, false, false, false, false])
        let total = told[0].score.total
        #expect(told.map(\.previousTotal) == [0, total, total, total, total])
        #expect(try await fixture.get("ana").engagementCount == 10)
    }

    @Test func `custom fields and evidence that one event cannot hold stay out of it, the last ones`() throws {
        var packet = WireContextPacket()
        let long = String(repeating: "x", count: 100_000)
        packet.lead.custom = ["a": .init(stringValue: long), "b": .init(stringValue: long), "c": 1]
        packet.ledger = ["one", "two"].map { rule in
            .with {
                $0.rule = rule
                $0.evidence = long
            }
        }
        try packet.fitIntoEvent()
        #expect(packet.lead.custom.keys.sorted() == ["a"])
        #expect(packet.ledger.map(\.rule) == ["one", "two"] && packet.ledger.map(\.evidence) == [long, ""])
    }

    @Test func `values are bounded in bytes, whatever they are made of`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana")])
        var list = WireEngagement.test("list", "ana", "page_viewed", at: start)
        list.attributes["pages"] = .init(listValue: .init(values: (0..<2_000).map { .init(stringValue: "page \($0)") }))
        var accents = WireEngagement.test("accents", "ana", "page_viewed", at: start)
        accents.attributes["title"] = .init(stringValue: "e" + String(repeating: "\u{301}", count: 2_000))
        var many = visit(1)
        many.attributes["more"] = .init(stringValue: String(repeating: "\u{20AC}", count: 2_000))
        many.attributes["most"] = .init(stringValue: String(repeating: "\u{20AC}", count: 2_000))
        let results = try await fixture.record([list, accents, many, visit(2)])
        #expect(
            results.map { $0.error.violations.map { "\($0.path): \($0.found), \($0.expected)" } } == [
                ["engagements[0].attributes.pages: 24910 bytes, at most 8000"],
                ["engagements[1].attributes.title: 2001 characters, at most 2000"],
                ["engagements[2].attributes: 132410 bytes, at most 131072"],
                [],
            ])
    }
}
