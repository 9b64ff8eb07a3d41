import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

@Suite struct IntakeTests {
    private let start = ScoringFixture.start

    @Test func `a new lead is scored, told and readable at once`() async throws {
        let fixture = try ScoringFixture()
        let response = try await fixture.upsert([.test("ana", employees: 450)])
        #expect(response.results.map(\.status) == [.created])
        let lead = try await fixture.get("ana")
        #expect(lead.score.total == 40)
        #expect(lead.score.grade == "A4")
        #expect(lead.score.tier == "A")
        #expect(lead.state == .inquiry)
        #expect(lead.lead.motion == "inbound")
        #expect(Instant(lead.lead.createdAt) == start)
        let told = try await fixture.service.told()
        #expect(told.map(\.key) == ["ana"])
        #expect(told.map(\.agreementVersion) == [1])
        let scored = try await fixture.scored()
        #expect(scored.map(\.created) == [true])
        #expect(scored.map(\.lead.tier) == ["A"])
        #expect(scored.map(\.score.total) == [40])
    }

    @Test func `an id has one way to be written`() async throws {
        let fixture = try ScoringFixture()
        // The first two are the same text to Swift, and other bytes to SQLite; the third is the sign of the angstrom.
        let ids = ["caf\u{E9}", "cafe\u{301}", "\u{212B}", "Vi\u{1EC7}t", "\u{D55C}\u{AD6D}", "\u{5D0}\u{5B8}"]
        let response = try await fixture.upsert(
            ids.map { .test($0) },
            [
                .test("e-\u{E9}", "caf\u{E9}", "page_viewed", at: start),
                .test("e-e\u{301}", "cafe\u{301}", "page_viewed", at: start),
            ])
        #expect(response.results.map(\.status) == [.created, .failed, .failed, .created, .created, .created])
        #expect(response.results[1].error.violations.map(\.path) == ["leads[1].lead_id"])
        #expect(response.results[1].error.message.contains("expected composed Unicode (NFC)"))
        #expect(response.engagementResults.map(\.status) == [.created, .failed])
        #expect(
            response.engagementResults[1].error.violations.map(\.path)
                == ["engagements[1].engagement_id", "engagements[1].lead_id"])
        let other = try await fixture.upsert([
            .with {
                $0.leadID = "ana"
                $0.externalIds = [.with { ($0.source, $0.id) = ("crm", "e\u{301}") }]
            }
        ])
        #expect(other.results[0].error.violations.map(\.path) == ["leads[0].external_ids[0].id"])
        let error = await #expect(throws: RPCError.self) { try await fixture.merge("cafe\u{301}", into: ids[0]) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `the same lead again changes nothing and tells nothing`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana", employees: 450)])
        fixture.service.clock.advance(by: .days(1))
        let again = try await fixture.upsert([.test("ana", employees: 450)])
        #expect(again.results.map(\.status) == [.unchanged])
        #expect(try await fixture.service.told().count == 1)
    }

    @Test func `an upsert replaces the fields it carries and keeps the others`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([
            .with {
                $0.leadID = "ana"
                $0.source = "paid_search"
                $0.company.employees = 450
                $0.company.technologies = ["kafka", "swift"]
                $0.custom = ["seats": Google_Protobuf_Value(numberValue: 5)]
            }
        ])
        let update = try await fixture.upsert([
            .with {
                $0.leadID = "ana"
                $0.company.industry = "Software"
                $0.company.technologies = ["swift"]
                $0.custom = ["seats": Google_Protobuf_Value.with { $0.nullValue = .nullValue }]
            }
        ])
        #expect(update.results.map(\.status) == [.updated])
        let lead = try await fixture.get("ana")
        #expect(lead.lead.source == "paid_search")
        #expect(lead.lead.company.employees == 450)
        #expect(lead.lead.company.industry == "Software")
        #expect(lead.lead.company.technologies == ["swift"])
        #expect(lead.lead.custom.isEmpty)
        #expect(lead.score.fit == 100)
    }

    @Test func `an engagement counts once, however often it is sent`() async throws {
        let fixture = try ScoringFixture()
        let webinar = WireEngagement.test("w1", "ana", "webinar_attended", at: start)
        let first = try await fixture.upsert([.test("ana")], [webinar, webinar])
        #expect(first.engagementResults.map(\.status) == [.created, .unchanged])
        #expect(try await fixture.record([webinar]).map(\.status) == [.unchanged])
        let lead = try await fixture.get("ana")
        #expect(lead.score.engagement == 40)
        #expect(lead.engagementCount == 1)
        #expect(lead.state == .engaged)
        #expect(try await fixture.scored().map(\.engagements.count) == [1])
    }

    @Test func `one transaction tells one LeadScored for each lead that changed`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana"), .test("ben"), .test("cleo")])
        _ = try await fixture.record([
            .test("e1", "ben", "page_viewed", at: start), .test("e2", "ana", "page_viewed", at: start),
            .test("e3", "ben", "webinar_attended", at: start),
        ])
        let told = try await fixture.scored().suffix(2)
        #expect(told.map(\.lead.leadID) == ["ben", "ana"])
        #expect(told.map { $0.engagements.map(\.engagementID) } == [["e1", "e3"], ["e2"]])
        #expect(told.map(\.created) == [false, false])
    }

    @Test func `bad items fail alone, each with its faults`() async throws {
        let fixture = try ScoringFixture()
        let response = try await fixture.upsert(
            [
                .with {
                    $0.leadID = ""
                    $0.motion = "sideways"
                    $0.person.email = "nobody"
                },
                .test("ana"),
                .with {
                    $0.leadID = "ben"
                    $0.custom = [
                        "seats": Google_Protobuf_Value(stringValue: "many"),
                        "colour": Google_Protobuf_Value(stringValue: "red"),
                    ]
                },
                .test("cleo", createdAt: start.adding(.days(2))),
            ],
            [
                .test("e1", "ben", "page_viewed", at: start),
                .test("e2", "ana", "page_viewed", at: start.adding(.hours(25))),
                .test("e3", "ana", "page_viewed", at: start),
            ])
        #expect(response.results.map(\.status) == [.failed, .created, .failed, .failed])
        #expect(
            response.results[0].error.violations.map(\.path) == [
                "leads[0].lead_id", "leads[0].motion", "leads[0].person.email",
            ])
        #expect(
            response.results[2].error.violations.map(\.path) == ["leads[2].custom.colour", "leads[2].custom.seats"])
        #expect(response.results[3].error.violations.map(\.path) == ["leads[3].created_at"])
        #expect(response.engagementResults.map(\.status) == [.failed, .failed, .created])
        #expect(response.engagementResults.map(\.error.code) == ["not_found", "invalid_argument", ""])
        #expect(try await fixture.scored().map(\.lead.leadID) == ["ana"])
    }

    @Test func `a batch over the limit is refused whole`() async throws {
        let fixture = try ScoringFixture()
        let leads = (0...1_000).map { WireLead.test("lead-\($0)") }
        await #expect(throws: (any Error).self) { try await fixture.upsert(leads) }
        #expect(try await fixture.service.told().isEmpty)
    }

    @Test func `without an agreement nothing is stored`() async throws {
        let fixture = try ScoringFixture([])
        await #expect(throws: (any Error).self) { try await fixture.upsert([.test("ana")]) }
        #expect(try await fixture.service.told().isEmpty)
    }

    @Test func `late engagement counts by the time it happened`() async throws {
        let inOrder = try ScoringFixture()
        let late = try ScoringFixture()
        let engagements = [
            WireEngagement.test("w1", "ana", "webinar_attended", at: start.adding(.days(-20))),
            .test("w2", "ana", "webinar_attended", at: start.adding(.days(-10))),
            .with {
                $0 = .test("d1", "ana", "downloaded", at: start.adding(.days(-5)))
                $0.channel = "email"
            },
        ]
        _ = try await inOrder.upsert([.test("ana")], engagements)
        _ = try await late.upsert([.test("ana")])
        for engagement in engagements.reversed() { _ = try await late.record([engagement]) }
        let score = try await inOrder.get("ana").score
        #expect(abs(score.engagement - (10 + 20 + 22.5)) < 1e-9)
        #expect(abs(try await late.get("ana").score.engagement - score.engagement) < 1e-9)
    }

    @Test func `engagement ahead of the clock waits for its time`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("ana")], [.test("w1", "ana", "webinar_attended", at: start.adding(.hours(2)))])
        #expect(try await fixture.get("ana").score.engagement == 0)
        _ = try await fixture.record([.test("p1", "ana", "page_viewed", at: start)])
        #expect(try await fixture.scored().last?.score.engagement == 2)
        fixture.service.clock.advance(by: .hours(2))
        #expect(try await fixture.get("ana").score.engagement == 42)
    }

    @Test func `a new version counts what its new rules would have counted`() async throws {
        let second = WireAgreementVersion.test(2, effectiveAt: start.adding(.days(1))) { section in
            section.engagement.insert(
                .with {
                    $0.id = "mail"
                    $0.event = "email_opened"
                    $0.points = 7
                }, at: 0)
        }
        let fixture = try ScoringFixture([.test()])
        _ = try await fixture.upsert(
            [.test("ana")],
            [.test("m1", "ana", "email_opened", at: start), .test("w1", "ana", "webinar_attended", at: start)])
        try await fixture.service.deliver(
            .agreementActivated(.with { $0.version = second }), key: "agreement", at: start, version: 0)
        #expect(try await fixture.get("ana").score.engagement == 40)
        fixture.service.clock.advance(by: .days(10))
        let before = try await fixture.get("ana").score
        #expect(abs(before.engagement - 27) < 1e-9)
        #expect(before.agreementVersion == 2)
        _ = try await fixture.record([.test("m2", "ana", "email_opened", at: start.adding(.days(10)))])
        #expect(abs(try await fixture.get("ana").score.engagement - 34) < 1e-9)
        #expect(try await fixture.get("ana", at: start).score.agreementVersion == 1)
    }
}
