import AccordTesting
import Contracts
import Kernel
import Platform
import ScoringService
import SwiftProtobuf
import Testing

/// Whom a split tells that leads had qualified.
@Suite struct SplitTellingTests {
    private let start = ScoringFixture.start

    /// `ben` qualified, and cooled as a part of `ana`; then a person asked for a demo as `ana`.
    private func merged() async throws -> ScoringFixture {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 10 }])
        _ = try await fixture.upsert(
            [.test("ana"), .test("ben", employees: 450)], [.test("w1", "ben", "webinar_attended", at: start)])
        _ = try await fixture.merge("ben", into: "ana")
        fixture.service.clock.advance(by: .days(30))
        try await fixture.service.settle()
        _ = try await fixture.record([.test("d1", "ana", "demo_requested", at: start.adding(.days(30)))])
        return fixture
    }

    @Test func `what cooled while it was part of another lead cooled at its computed time`() async throws {
        let fixture = try await merged()
        fixture.service.clock.advance(by: .days(1))
        _ = try await fixture.split("ben")
        #expect(try await told("ben", fixture) == ["lead_qualified 2026-03-01", "lead_cooled 2026-03-11"])
        #expect(try await Instant(fixture.get("ben").cooledAt).text.prefix(10) == "2026-03-11")
        let steps = try await fixture.explain("ben").history.map { Instant($0.at).text.prefix(10) }
        #expect(steps == ["2026-03-01", "2026-03-11", "2026-04-01"])
    }

    @Test func `what the lead was told later does not keep it from having cooled before`() async throws {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 10 }])
        _ = try await fixture.upsert(
            [.test("ana"), .test("ben", employees: 450)], [.test("w1", "ben", "webinar_attended", at: start)])
        _ = try await fixture.merge("ben", into: "ana")
        fixture.service.clock.advance(by: .days(20))
        // With these points it would not have.
        _ = try await fixture.upsert([
            .with {
                $0.leadID = "ben"
                $0.company.industry = "software"
            }
        ])
        fixture.service.clock.advance(by: .days(1))
        _ = try await fixture.split("ben")
        #expect(try await fixture.get("ben").score.total > 50)
        #expect(try await told("ben", fixture) == ["lead_qualified 2026-03-01", "lead_cooled 2026-03-11"])
    }

    @Test func `a lead that stays has cooled when it would have without what kept it warm`() async throws {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 10 }])
        _ = try await fixture.upsert(
            [.test("ana", employees: 450), .test("ben")], [.test("w1", "ana", "webinar_attended", at: start)])
        _ = try await fixture.merge("ben", into: "ana")
        fixture.service.clock.advance(by: .days(5))
        _ = try await fixture.record([.test("w2", "ben", "webinar_attended", at: start.adding(.days(5)))])
        fixture.service.clock.advance(by: .days(9))
        try await fixture.service.settle()
        #expect(try await told("ana", fixture) == ["lead_qualified 2026-03-01"])
        _ = try await fixture.split("ben")
        #expect(try await told("ana", fixture).suffix(2) == ["leads_split 2026-03-15", "lead_cooled 2026-03-11"])
        #expect(try await Instant(fixture.get("ana").cooledAt).text.prefix(10) == "2026-03-11")
    }

    private func told(_ id: String, _ fixture: ScoringFixture) async throws -> [String] {
        try await fixture.service.told().filter { $0.key == id }.compactMap { event in
            switch event.payload?.kind {
            case .leadQualified, .leadRequalified, .leadCooled, .leadsSplit:
                "\(event.payload?.kind.rawValue ?? "") \(Instant(event.occurredAt).text.prefix(10))"
            default: nil
            }
        }
    }

    @Test func `a lead that crossed again as one with a qualified one is told as qualified when they are split`()
        async throws
    {
        let fixture = try await merged()
        #expect(try await told("ben", fixture) == ["lead_qualified 2026-03-01"])
        #expect(try await told("ana", fixture) == ["lead_cooled 2026-03-11", "lead_requalified 2026-03-31"])
        fixture.service.clock.advance(by: .days(1))
        _ = try await fixture.split("ben")
        // What became of the other's handoff, and whether it kept this one from coming to be, Scoring does not know.
        #expect(
            try await told("ana", fixture).suffix(2) == ["leads_split 2026-04-01", "lead_qualified 2026-03-31"])
        #expect(try await fixture.get("ana").state == .mql)
        // From now on everyone knows.
        _ = try await fixture.merge("ben", into: "ana")
        _ = try await fixture.split("ben")
        #expect(try await told("ana", fixture).filter { $0.hasPrefix("lead_q") }.count == 1)
    }
}
