import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

@Suite struct CapsAndNegativesTests {
    private let start = ScoringFixture.start

    /// Webinars and page views share a cap of 50; unsubscribing takes 30, half of it after 10 days, never below -40 in
    /// all; asking for a price gives 15 once, situation 20 in all.
    private func fixture() throws -> ScoringFixture { try ScoringFixture([Self.agreement]) }

    static var agreement: WireAgreementVersion {
        .test { section in
            section.categories = [
                .with {
                    $0.id = "web"
                    $0.cap = 50
                }
            ]
            section.engagement[0].category = "web"
            section.engagement[1].category = "web"
            section.negatives = [
                .with {
                    $0.id = "unsubscribed"
                    $0.points = -30
                    $0.event = "unsubscribed"
                    $0.decay = "exponential"
                    $0.halfLife = "10d"
                },
                .with {
                    $0.id = "tiny"
                    $0.points = -5
                    $0.when = .leaf("company.employees", "lt", Google_Protobuf_Value(numberValue: 5))
                },
            ]
            section.situation = [
                .with {
                    $0.id = "price"
                    $0.points = 15
                    $0.event = "price_asked"
                    $0.repeat = "once"
                },
                .with {
                    $0.id = "budget"
                    $0.points = 10
                    $0.event = "budget_named"
                },
            ]
            section.situationCap = 20
            section.negativesFloor = -40
            section.floor = -100
        }
    }

    @Test func `rules of one category share a cap, which the ledger shows`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert(
            [.test("ana", employees: 450)],
            [
                .test("w1", "ana", "webinar_attended", at: start), .test("w2", "ana", "webinar_attended", at: start),
                .test("p1", "ana", "page_viewed", at: start),
            ])
        let explanation = try await fixture.explain("ana")
        // 80 of webinars and 2 of page views count as 50.
        #expect(explanation.score.engagement == 50)
        #expect(explanation.ledger.map(\.rule) == ["size", "webinar", "visits", "adjustment.engagement.web_cap"])
        #expect(explanation.ledger.map(\.points) == [40, 40, 1, -16])
        #expect(explanation.ledger.map(\.category) == ["", "web", "web", ""])
        #expect(explanation.ledger.reduce(0) { $0 + $1.shown } == explanation.score.shown)
    }

    @Test func `negatives fade, and are never below their floor`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert(
            [.test("ana", employees: 2)],
            (0..<3).map { .test("u\($0)", "ana", "unsubscribed", at: start) })
        let explanation = try await fixture.explain("ana")
        #expect(explanation.score.negatives == -40)
        #expect(explanation.score.total == -40)
        #expect(explanation.ledger.map(\.rule) == ["tiny", "unsubscribed", "adjustment.negatives_floor"])
        #expect(explanation.ledger.map(\.points) == [-5, -90, 55])
        #expect(
            explanation.sentences[2]
                == "unsubscribed takes 90 (negatives): 3 x unsubscribed, last at 2026-03-01T00:00:00Z.")
        fixture.service.clock.advance(by: .days(20))
        #expect(try await fixture.get("ana").score.negatives == -27.5)
    }

    @Test func `situation counts what a lead does, up to its cap`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert(
            [.test("ana")],
            [
                .test("q1", "ana", "price_asked", at: start), .test("q2", "ana", "price_asked", at: start),
            ])
        #expect(try await fixture.get("ana").score.situation == 15)
        _ = try await fixture.record([.test("b1", "ana", "budget_named", at: start)])
        let explanation = try await fixture.explain("ana")
        #expect(explanation.score.situation == 20)
        #expect(explanation.ledger.map(\.points) == [15, 10, -5])
    }

    @Test func `a history tells when, which rule and how much, and its totals run on`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert([.test("ana", employees: 450)])
        fixture.service.clock.advance(by: .days(1))
        let first = start.adding(.days(1))
        _ = try await fixture.record([
            .test("w1", "ana", "webinar_attended", at: first), .test("u1", "ana", "unsubscribed", at: first),
        ])
        fixture.service.clock.advance(by: .days(10))
        _ = try await fixture.record([
            .with {
                $0 = .test("d1", "ana", "downloaded", at: first.adding(.days(10)))
                $0.channel = "email"
            }
        ])
        let history = try await fixture.explain("ana").history
        #expect(history.map { Instant($0.at) } == [start, first, first.adding(.days(10))])
        #expect(history.map(\.after) == [40, 30, 50])
        #expect(
            history.map { $0.rules.map(\.rule) } == [
                ["size"], ["webinar", "unsubscribed"], ["webinar", "download", "unsubscribed"],
            ])
        #expect(history.map { $0.rules.map(\.points) } == [[40], [20, -30], [-10, 15, 15]])
        for change in history {
            #expect(abs(change.rules.reduce(0) { $0 + $1.points } - (change.after - change.before)) < 1e-9)
            #expect(change.rules.reduce(0) { $0 + $1.shown } == change.shownAfter - change.shownBefore)
        }
    }

    @Test func `an explanation names the fewest contributions that are missing`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert([.test("ana", employees: 450)])
        let missing = try await fixture.explain("ana").missing
        // 40 points: the industry would give ten up to the clamp; of situation only 20 in all.
        #expect(missing.pointsShort == 20)
        #expect(missing.contributions.map(\.rule) == ["webinar"])
        #expect(missing.contributions.map(\.points) == [20])
        #expect(missing.total == 60)
        #expect(missing.handRaisers == ["demo_requested"])
        _ = try await fixture.upsert([.test("ben", employees: 10)])
        let far = try await fixture.explain("ben")
        #expect(far.missing.isOutOfReach == false)
        #expect(far.missing.contributions.map(\.rule).first == "industry")
        #expect(far.missing.total >= 60)
        #expect(abs(far.missing.contributions.reduce(0) { $0 + $1.points } - far.missing.total) < 1e-9)
        #expect(
            far.sentences.contains { $0.hasPrefix("The fewest contributions that would make it an MQL: industry (") })
        #expect(far.sentences.contains("Or it raises its hand: demo_requested."))
    }

    @Test func `what a hundred contributions do not do is said to be beyond these, not impossible`() async throws {
        let fixture = try ScoringFixture([
            .test { section in
                section.engagementWeight = 1
                section.engagement = [
                    .with {
                        $0.id = "opened"
                        $0.event = "email_opened"
                        $0.points = 0.5
                    }
                ]
            }
        ])
        _ = try await fixture.upsert([
            .with {
                $0 = .test("ana", employees: 10)
                $0.company.industry = "steel"
            }
        ])
        let explained = try await fixture.explain("ana")
        #expect(explained.missing.isOutOfReach)
        #expect(
            explained.sentences.contains(
                "Nothing that is left to it, up to 100 contributions, would make it an MQL by its score."))
        _ = try await fixture.record(
            (0..<120).map { .test("o\($0)", "ana", "email_opened", at: ScoringFixture.start.adding(.minutes(-$0))) })
        #expect(try await fixture.get("ana").state == .mql)
    }
}
