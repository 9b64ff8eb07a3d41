import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

@Suite struct QualificationTests {
    private let start = ScoringFixture.start

    @Test func `a lead qualifies when its score reaches the threshold, with all that must travel`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana", employees: 450)])
        #expect(try await fixture.qualified().isEmpty)
        fixture.service.clock.advance(by: .hours(1))
        let at = start.adding(.hours(1))
        _ = try await fixture.record([.test("w1", "ana", "webinar_attended", at: at)])
        let events = try await fixture.qualified()
        #expect(events.count == 1)
        let event = try #require(events.first)
        #expect(event.trigger == "threshold")
        #expect(event.context.score.total == 60)
        #expect(event.context.ledger.map(\.rule) == ["size", "webinar"])
        #expect(event.context.ledger.reduce(0) { $0 + $1.points } == 60)
        #expect(event.context.engagements.map(\.engagementID) == ["w1"])
        #expect(event.context.engagementCount == 1)
        #expect(event.context.missingParts == ["contact", "technographics"])
        let told = try #require(try await fixture.service.told().last)
        #expect(Instant(told.occurredAt) == at)
        let lead = try await fixture.get("ana")
        #expect(lead.state == .mql)
        #expect(Instant(lead.qualifiedAt) == at)
    }

    @Test func `a lead imported with its past qualifies when it came to be`() async throws {
        let created = try #require(Instant(text: "2018-02-01T00:00:00Z"))
        let fixture = try ScoringFixture([
            .test { $0.qualification.threshold = 0 }
        ])
        _ = try await fixture.upsert([.test("ana", createdAt: created)])
        #expect(Instant(try await fixture.get("ana").qualifiedAt) == created)
        #expect(try await fixture.service.told().map { Instant($0.occurredAt) } == [created, created])
    }

    @Test func `the moment of qualification is that of the engagement that did it, not of the batch`() async throws {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 9 }])
        let engagements = (0..<4).map {
            WireEngagement.test("w\($0)", "ana", "webinar_attended", at: start.adding(.days(Int64($0) - 30)))
        }
        _ = try await fixture.upsert(
            [.test("ana", employees: 300, createdAt: start.adding(.days(-31)))], engagements.reversed())
        let event = try #require(try await fixture.qualified().first)
        #expect(Instant(try await fixture.get("ana").qualifiedAt) == start.adding(.days(-30)))
        #expect(event.context.engagements.map(\.engagementID) == ["w0"])
        #expect(event.context.score.total == 60)
    }

    @Test func `a hand-raiser skips the threshold`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana")], [.test("d1", "ana", "demo_requested", at: start)])
        _ = try await fixture.record([.test("d2", "ana", "demo_requested", at: start)])
        #expect(try await fixture.qualified().map(\.trigger) == ["hand_raiser"])
    }

    @Test func `a lead qualifies again only after it fell below the threshold by the hysteresis`() async throws {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 9 }])
        _ = try await fixture.upsert(
            [.test("ana", employees: 450)], [.test("w0", "ana", "webinar_attended", at: start)])
        #expect(try await fixture.qualified().count == 1)
        // After 5 days 54.1 of 60 points are left, which is above 51; after 15 days 48 are.
        fixture.service.clock.advance(to: start.adding(.days(5)))
        _ = try await fixture.record([.test("w1", "ana", "webinar_attended", at: start.adding(.days(5)))])
        #expect(try await fixture.qualified().count == 1)
        fixture.service.clock.advance(to: start.adding(.days(40)))
        _ = try await fixture.record([.test("w2", "ana", "webinar_attended", at: start.adding(.days(40)))])
        #expect(try await fixture.qualified().count == 2)
    }

    @Test func `an MQL fits the ICP: without the minimum fit the threshold is not enough`() async throws {
        let fixture = try ScoringFixture([
            .test {
                $0.qualification.threshold = 20
                $0.qualification.minimumFit = 50
            }
        ])
        _ = try await fixture.upsert([.test("ana")], [.test("w0", "ana", "webinar_attended", at: start)])
        #expect(try await fixture.qualified().isEmpty)
        _ = try await fixture.upsert([.test("ana", employees: 450)])
        #expect(try await fixture.qualified().count == 1)
    }
}
