import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

@testable import ScoringService

@Suite struct ReadingTests {
    private let start = ScoringFixture.start

    @Test func `behind a page that is slow, others wait, and all are collected in their order`() {
        var order = PageOrder<String>(atOnce: 3)
        func begin() -> [Int] {
            var begun: [Int] = []
            while order.mayBegin { begun.append(order.begin()) }
            return begun
        }
        #expect(begin() == [0, 1, 2])
        for number in 1...2 { #expect(order.finish(number, "\(number)").isEmpty) }
        #expect(begin() == [3, 4])
        for number in 3...4 { #expect(order.finish(number, "\(number)").isEmpty) }
        #expect(begin() == [5])
        #expect(order.finish(5, "5").isEmpty && begin().isEmpty)
        #expect(order.finish(0, "0") == ["0", "1", "2", "3", "4", "5"])
        #expect(begin() == [6, 7, 8])
    }

    @Test func `a score is what it was, at any moment asked for`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("ana", employees: 450, createdAt: start.adding(.days(-40)))],
            [
                .test("w1", "ana", "webinar_attended", at: start.adding(.days(-30))),
                .test("w2", "ana", "webinar_attended", at: start.adding(.days(-20))),
            ])
        let early = try await fixture.get("ana", at: start.adding(.days(-35)))
        #expect(early.score.total == 40)
        #expect(early.state == .inquiry)
        #expect(early.engagementCount == 0)
        let middle = try await fixture.get("ana", at: start.adding(.days(-20)))
        #expect(abs(middle.score.engagement - 60) < 1e-9)
        #expect(middle.state == .mql)
        #expect(abs(try await fixture.get("ana").score.engagement - 15) < 1e-9)
        #expect(abs(try await fixture.get("ana", at: start.adding(.days(10))).score.engagement - 7.5) < 1e-9)
        await #expect(throws: RPCError.self) { try await fixture.get("ana", at: start.adding(.days(-41))) }
    }

    @Test func `an unknown lead is not found`() async throws {
        let fixture = try ScoringFixture()
        let error = await #expect(throws: RPCError.self) { try await fixture.get("nobody") }
        #expect(error?.code == .notFound)
    }

    @Test func `leads are listed by id, page by page, and by state`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            ["cleo", "ana", "ben"].map { .test($0) }, [.test("e1", "ben", "page_viewed", at: start)])
        let first = try await fixture.client.listLeads(.with { $0.page.pageSize = 2 })
        #expect(first.leads.map(\.lead.leadID) == ["ana", "ben"])
        let second = try await fixture.client.listLeads(
            .with {
                $0.page.pageSize = 2
                $0.page.pageToken = first.nextPageToken
            })
        #expect(second.leads.map(\.lead.leadID) == ["cleo"])
        #expect(second.nextPageToken.isEmpty)
        let engaged = try await fixture.client.listLeads(.with { $0.state = .engaged })
        #expect(engaged.leads.map(\.lead.leadID) == ["ben"])
        let before = try await fixture.client.listLeads(
            .with {
                $0.state = .inquiry
                $0.asOf = start.wire
            })
        #expect(before.leads.map(\.lead.leadID) == ["ana", "cleo"])
        await #expect(throws: RPCError.self) { try await fixture.client.listLeads(.with { $0.state = .sql }) }
    }

    @Test func `a dry run scores what it is given and stores nothing`() async throws {
        let fixture = try ScoringFixture()
        let response = try await fixture.client.scoreLeads(
            .with {
                $0.leads = [.test("ana", employees: 450), .test("ben")]
                $0.engagements = [
                    .test("w1", "ana", "webinar_attended", at: start), .test("d1", "ben", "demo_requested", at: start),
                ]
            })
        #expect(response.leads.map(\.score.total) == [60, 0])
        #expect(response.leads.map(\.qualifies) == [true, true])
        #expect(response.leads[0].ledger.map(\.shown) == [40, 20])
        #expect(try await fixture.service.told().isEmpty)
        await #expect(throws: RPCError.self) { try await fixture.get("ana") }
        await #expect(throws: RPCError.self) {
            try await fixture.client.scoreLeads(.with { $0.engagements = [.test("w1", "x", "y", at: start)] })
        }
    }

    @Test func `an explanation adds up, says what is unknown and what is missing`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("ana", employees: 450)],
            (0..<3).map { .test("w\($0)", "ana", "webinar_attended", at: start) })
        fixture.service.clock.advance(by: .days(10))
        let explanation = try await fixture.client.explainScore(.with { $0.leadID = "ana" })
        #expect(explanation.score.total == 70)
        #expect(explanation.ledger.map(\.points) == [40, 30])
        #expect(explanation.ledger.map(\.raw) == [80, 120])
        #expect(explanation.ledger.map(\.decayed) == [80, 60])
        #expect(explanation.ledger.map(\.evidence) == ["company.employees gte 200, found 450", "3 x webinar_attended"])
        #expect(
            explanation.sentences == [
                "ana scores 70 (70) as of 2026-03-11T00:00:00Z under agreement version 1: grade A2, ICP tier A.",
                "size adds 40 (fit): company.employees gte 200, found 450; weighted by 0.5.",
                "webinar adds 30 (engagement): 3 x webinar_attended, last at 2026-03-01T00:00:00Z; "
                    + "120 points have decayed to 60; weighted by 0.5.",
                "industry is unknown and adds nothing (it is worth 30): "
                    + "company.industry eq software, not known.",
                "It meets the threshold of 60.",
                "If nothing else happens, it falls below 60 at 2026-03-16T20:23:27.600624Z.",
            ])
        #expect(explanation.history.map(\.cause) == ["lead created, engagement webinar_attended x 3"])
        #expect(explanation.history.map(\.after) == [90])
    }

    @Test func `what is over a hundred is taken off in the open, and shown points still add up`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [
                .with {
                    $0.leadID = "ana"
                    $0.company.employees = 450
                    $0.company.industry = "software"
                }
            ],
            (0..<3).map { .test("w\($0)", "ana", "webinar_attended", at: start.adding(.hours(-5 * $0))) })
        let explanation = try await fixture.client.explainScore(.with { $0.leadID = "ana" })
        #expect(
            explanation.ledger.map(\.rule) == [
                "size", "industry", "webinar", "adjustment.fit_cap", "adjustment.engagement_cap",
            ])
        #expect(abs(explanation.ledger.reduce(0) { $0 + $1.points } - explanation.score.total) < 1e-9)
        #expect(explanation.ledger.reduce(0) { $0 + $1.shown } == explanation.score.shown)
        #expect(explanation.score.total == 100)
    }

    @Test func `random batches with repeats give the score of the raw engagement`() async throws {
        for seed in UInt64(1)...8 {
            var random = SeededRandom(seed: seed)
            let fixture = try ScoringFixture(seed % 2 == 0 ? [CapsAndNegativesTests.agreement] : [.test()])
            let engagements = (0..<30).map { index in
                WireEngagement.test(
                    "e\(index)", "lead-\(index % 3)",
                    ["page_viewed", "webinar_attended", "downloaded", "unsubscribed", "price_asked"].randomElement(
                        using: &random) ?? "",
                    at: start.adding(.hours(.random(in: -900...20, using: &random))))
            }
            let leads = (0..<3).map { WireLead.test("lead-\($0)", employees: 90 * $0) }
            _ = try await fixture.upsert(leads)
            var waiting = (engagements + engagements.prefix(15)).shuffled(using: &random)[...]
            while !waiting.isEmpty {
                let batch = waiting.prefix(.random(in: 1...9, using: &random))
                _ = try await fixture.record(Array(batch))
                waiting = waiting.dropFirst(batch.count)
                fixture.service.clock.advance(by: .hours(1))
            }
            for days in [Int64(-20), -3, 0, 2, 30] {
                let asOf = start.adding(.days(days))
                let raw = try await fixture.client.scoreLeads(
                    .with {
                        $0.leads = leads
                        $0.engagements = engagements
                        $0.asOf = max(asOf, start).wire
                    })
                for lead in raw.leads {
                    let stored = try await fixture.get(lead.leadID, at: max(asOf, start)).score
                    #expect(abs(stored.total - lead.score.total) < 1e-9, "seed \(seed), \(lead.leadID), day \(days)")
                }
            }
        }
    }
}
