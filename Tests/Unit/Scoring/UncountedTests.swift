import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

@Suite struct UncountedTests {
    private let start = ScoringFixture.start

    private func fixture() throws -> ScoringFixture {
        try ScoringFixture([
            .test { section in
                section.lateAfter = "2d"
                section.kinds = ["webinar_attended", "page_viewed", "downloaded", "demo_requested"].map { kind in
                    .with { $0.kind = kind }
                }
            }
        ])
    }

    @Test func `engagement that comes too late is kept and reported, and gives no points`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert(
            [.test("ana", createdAt: start.adding(.days(-9)))],
            [.test("w0", "ana", "webinar_attended", at: start.adding(.days(-9)))])
        let results = try await fixture.record([
            .test("w1", "ana", "webinar_attended", at: start.adding(.days(-2)).adding(.minutes(-1))),
            .test("w2", "ana", "webinar_attended", at: start.adding(.days(-2))),
            .test("d1", "ana", "demo_requested", at: start.adding(.days(-5))),
        ])
        #expect(results.map(\.status) == [.created, .created, .created])
        #expect(results.map { $0.notices.map(\.code) } == [["late_engagement"], [], ["late_engagement"]])
        #expect(
            results[0].notices.first?.message
                == "kept, but gives no points: it arrived more than 2d after it happened")
        let lead = try await fixture.get("ana")
        let left = 40 * (0.535_886_731_268_146_5 + 0.870_550_563_296_124_1)
        #expect(abs(lead.score.engagement - left) < 1e-9)
        #expect(lead.state == .engaged)
        #expect(lead.engagementCount == 4)
        let explanation = try await fixture.explain("ana")
        #expect(explanation.uncounted.map(\.kind) == ["demo_requested", "webinar_attended"])
        #expect(explanation.uncounted.map(\.reason) == ["late", "late"])
        #expect(
            explanation.sentences.contains(
                "1 x webinar_attended does not count: it arrived more than 2d after it happened."))
        #expect(explanation.ledger.map(\.count) == [2])
        let listed = try await fixture.client.listUncountedEngagement(.with { $0.reason = "late" }).engagement
        #expect(listed.map { "\($0.kind) \($0.count)" } == ["demo_requested 1", "webinar_attended 1"])
    }

    @Test func `a version with another bound judges the same engagement anew`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert([.test("ana")])
        _ = try await fixture.record([.test("p1", "ana", "page_viewed", at: start.adding(.days(-5)))])
        #expect(try await fixture.get("ana").score.engagement == 0)
        try await fixture.service.deliver(
            .agreementActivated(.with { $0.version = .test(2, effectiveAt: start.adding(.days(1))) }),
            key: "agreement", at: start, version: 0)
        fixture.service.clock.advance(by: .days(2))
        #expect(try await fixture.get("ana").score.engagement == 2)
        _ = try await fixture.record([.test("p2", "ana", "page_viewed", at: start.adding(.days(2)))])
        #expect(try await fixture.get("ana").score.engagement == 4)
        #expect(try await fixture.get("ana", at: start).score.engagement == 0)
    }

    @Test func `undeclared kinds are kept, counted by kind and listed page by page`() async throws {
        let fixture = try fixture()
        _ = try await fixture.upsert([.test("ana")])
        let results = try await fixture.record([
            .test("e1", "ana", "webinar_atended", at: start), .test("e2", "ana", "page_viewed", at: start),
            .test("e3", "ana", "webinar_atended", at: start.adding(.hours(-1))), .test("e4", "ana", "fax", at: start),
        ])
        #expect(results.map(\.status) == [.created, .created, .created, .created])
        #expect(
            results.map { $0.notices.map(\.code) } == [
                ["undeclared_kind"], [], ["undeclared_kind"], ["undeclared_kind"],
            ])
        #expect(
            results[3].notices.first?.message
                == "kept, but gives no points: agreement version 1 does not declare the kind fax")
        _ = try await fixture.record([.test("e1", "ana", "webinar_atended", at: start)])
        #expect(try await fixture.get("ana").engagementCount == 4)
        let first = try await fixture.client.listUncountedEngagement(.with { $0.page.pageSize = 1 })
        #expect(first.engagement.map(\.kind) == ["fax"])
        let second = try await fixture.client.listUncountedEngagement(
            .with {
                $0.page.pageSize = 1
                $0.page.pageToken = first.nextPageToken
            })
        #expect(second.engagement.map(\.count) == [2])
        #expect(second.engagement.map { Instant($0.firstAt) } == [start.adding(.hours(-1))])
        #expect(second.nextPageToken.isEmpty)
        #expect(try await fixture.explain("ana").uncounted.map(\.kind) == ["fax", "webinar_atended"])
        let error = await #expect(throws: RPCError.self) {
            try await fixture.client.listUncountedEngagement(.with { $0.reason = "bad" })
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `an agreement that declares no kinds and no bound counts everything`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana")])
        let results = try await fixture.record([
            .test("e1", "ana", "fax", at: start), .test("p1", "ana", "page_viewed", at: start.adding(.days(-900))),
        ])
        #expect(results.flatMap(\.notices).isEmpty)
        #expect(try await fixture.get("ana").score.engagement == 2)
        #expect(try await fixture.client.listUncountedEngagement(.init()).engagement.isEmpty)
    }
}
