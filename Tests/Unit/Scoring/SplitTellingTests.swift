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
