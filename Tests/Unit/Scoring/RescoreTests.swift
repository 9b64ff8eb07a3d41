import AccordTesting
import Contracts
import Criteria
import Kernel
import Platform
import RPC
import ScoringDomain
import SwiftProtobuf
import Testing

/// What a new version makes of the leads that it finds.
@Suite struct RescoreTests {
    private let start = ScoringFixture.start
    private var effect: Instant { start.adding(.days(2)) }

    /// 450 employees give 40 points: 20 short of the threshold.
    private func fixture(_ leads: Int = 1) async throws -> ScoringFixture {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert((1...leads).map { .test("lead-\($0)", employees: 450) })
        fixture.service.clock.advance(to: effect)
        return fixture
    }

    @Test func `a lead that the new version qualifies does so when the version took effect, told once`() async throws {
        let fixture = try await fixture()
        fixture.service.clock.advance(by: .hours(3))
        try await fixture.activate(.test(2, effectiveAt: effect) { $0.qualification.threshold = 40 })
        try await fixture.service.settle()
        try await fixture.service.settle()
        #expect(try await fixture.crossings() == ["lead_qualified 2026-03-03T00:00:00Z"])
        let lead = try await fixture.get("lead-1")
        #expect(lead.state == .mql && Instant(lead.qualifiedAt) == effect && lead.score.agreementVersion == 2)
        let event = try #require(try await fixture.service.told().last)
        #expect(event.agreementVersion == 2 && event.leadQualified.trigger == "threshold")
        #expect(event.leadQualified.context.ledger.allSatisfy { $0.agreementVersion == 2 })
    }

    @Test func `other points are an entry of the history under the new version, and are told`() async throws {
        let fixture = try await fixture()
        try await fixture.activate(.test(2, effectiveAt: effect) { $0.fit[0].points = 60 })
        try await fixture.service.settle()
        let explained = try await fixture.explain("lead-1")
        #expect(explained.history.map(\.cause) == ["lead created", "agreement 2"])
        let entry = try #require(explained.history.last)
        #expect(entry.before == 40 && entry.after == 30 && entry.agreementVersion == 2)
        #expect(entry.rules.map(\.rule) == ["size"] && entry.rules.map(\.points) == [-10])
        #expect(explained.ledger.allSatisfy { $0.agreementVersion == 2 })
        let told = try await fixture.scored()
        #expect(told.map(\.score.total) == [40, 30] && told.map(\.previousTotal) == [0, 40])
        #expect(told.map(\.score.agreementVersion) == [1, 2])
    }

    @Test func `a version that changes nothing for a lead leaves its history alone and tells nothing`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana")], [.test("v", "ana", "webinar_attended", at: start)])
        fixture.service.clock.advance(to: effect)
        let before = try await fixture.service.told().count
        try await fixture.activate(.test(2, effectiveAt: effect) { $0.qualification.minimumFit = 10 })
        try await fixture.service.settle()
        #expect(try await fixture.service.told().count == before)
        #expect(try await fixture.explain("ana").history.map(\.cause) == ["lead created, engagement webinar_attended"])
        #expect(try await fixture.rescores()[0].lookedAt == 1)
        #expect(try await fixture.rescores()[0].changed == 0)
    }

    @Test func `engagement is counted anew where rules count it in another way`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("ana")],
            [
                .test("w", "ana", "webinar_attended", at: start.adding(.days(-8))),
                .test("d", "ana", "demo_watched", at: start.adding(.days(-1))),
            ])
        fixture.service.clock.advance(to: effect)
        try await fixture.activate(
            .test(2, effectiveAt: effect) { section in
                section.engagement[0].halfLife = "5d"
                section.engagement.append(
                    .with {
                        $0.id = "demo"
                        $0.event = "demo_watched"
                        $0.points = 20
                    })
            })
        try await fixture.service.settle()
        let entry = try #require(try await fixture.explain("ana").history.last)
        // Of 40 points a quarter is left after ten days; half of all engagement counts.
        #expect(entry.cause == "agreement 2" && entry.after == 15)
    }

    @Test func `what the version before had left to say comes first`() async throws {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 10 }])
        _ = try await fixture.upsert(
            [.test("ana", employees: 450)], [.test("w", "ana", "webinar_attended", at: start)])
        // It cooled after ten days, which nobody noticed before the next version took effect.
        fixture.service.clock.advance(to: start.adding(.days(20)))
        try await fixture.activate(
            .test(2, effectiveAt: start.adding(.days(15))) { section in
                section.qualification.threshold = 45
                section.qualification.hysteresis = 10
            })
        try await fixture.service.settle()
        #expect(
            try await fixture.crossings() == [
                "lead_qualified 2026-03-01T00:00:00Z", "lead_cooled 2026-03-11T00:00:00.000001Z",
                "lead_requalified 2026-03-16T00:00:00Z",
            ])
        #expect(try await fixture.explain("ana").history.map(\.agreementVersion) == [1, 1, 2])
    }

    @Test func `a higher threshold cools leads at once, and the time at which others will cool is another`()
        async throws
    {
        let fixture = try ScoringFixture([.test { $0.qualification.threshold = 50 }])
        _ = try await fixture.upsert(
            [.test("ana", employees: 450), .test("ben", employees: 450)],
            [
                .test("a", "ana", "webinar_attended", at: start), .test("b", "ben", "webinar_attended", at: start),
                .test("c", "ben", "webinar_attended", at: start),
            ])
        let effect = start.adding(.hours(1))
        fixture.service.clock.advance(to: effect)
        let coolsAt = Instant(try await fixture.get("ben").coolsAt)
        try await fixture.activate(.test(2, effectiveAt: effect) { $0.qualification.threshold = 70 })
        try await fixture.service.settle()
        #expect(try await fixture.crossings().last == "lead_cooled 2026-03-01T01:00:00Z")
        #expect(Instant(try await fixture.get("ben").coolsAt) < coolsAt)
        // Of 40 points 30 are left.
        let days = 10 * 0.415_037_499_278_844
        #expect(abs(Instant(try await fixture.get("ben").coolsAt).seconds(since: start) / 86_400 - days) < 1e-9)
    }

    @Test func `a hand that was raised before is not raised again by a version that makes it one`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana")], [.test("c", "ana", "contact_requested", at: start)])
        fixture.service.clock.advance(to: effect)
        try await fixture.activate(
            .test(2, effectiveAt: effect) { $0.qualification.handRaisers.append("contact_requested") })
        try await fixture.service.settle()
        #expect(try await fixture.crossings().isEmpty)
        _ = try await fixture.record([.test("c2", "ana", "contact_requested", at: effect)])
        #expect(try await fixture.crossings() == ["lead_qualified 2026-03-03T00:00:00Z"])
    }

    @Test func `what a lead did before the time that rules look back upon is not read`() throws {
        let catalogue = FieldCatalogue()
        let burst = try PointRule(
            id: "burst", points: 5, when: .behaviour(.init(event: "view", within: .days(7))), catalogue: catalogue)
        let rules = ScoringRules(version: 1, catalogue: catalogue, situation: [burst])
        let memory = LeadMemory(
            accumulators: LeadAccumulators(latest: start), shape: rules.shape, standing: Standing(), total: 0,
            scoredAt: start, version: 1)
        let edge = start.adding(.days(7))
        #expect(rules.history(of: memory, judgedFrom: edge, now: edge) == .kinds(["view"]))
        let later = edge.adding(TimeSpan(microseconds: 1))
        #expect(rules.history(of: memory, judgedFrom: later, now: later) == .nothing)
        let ever = try PointRule(id: "ever", points: 5, when: .behaviour(.init(event: "view")), catalogue: catalogue)
        let others = ScoringRules(version: 2, catalogue: catalogue, situation: [burst, ever])
        #expect(others.history(of: memory, judgedFrom: later, now: later) == .kinds(["view"]))
    }

    @Test func `a version that takes effect later waits for it`() async throws {
        let fixture = try await fixture()
        let later = effect.adding(.days(5))
        try await fixture.activate(.test(2, effectiveAt: later) { $0.qualification.threshold = 40 })
        try await fixture.service.settle()
        #expect(try await fixture.crossings().isEmpty)
        #expect(try await fixture.rescores().map(\.agreementVersion) == [1])
        fixture.service.clock.advance(to: later.adding(.hours(1)))
        try await fixture.service.settle()
        #expect(try await fixture.crossings() == ["lead_qualified 2026-03-08T00:00:00Z"])
        #expect(try await fixture.rescores().map(\.agreementVersion) == [2, 1])
    }

    @Test func `a lead goes through every version that took effect, also where two follow each other at once`()
        async throws
    {
        var told: [[String]] = []
        for rescoresBetween in [true, false] {
            let fixture = try await fixture()
            try await fixture.activate(.test(2, effectiveAt: effect) { $0.qualification.threshold = 40 })
            if rescoresBetween { try await fixture.service.settle() }
            let next = effect.adding(.minutes(1))
            fixture.service.clock.advance(to: next)
            try await fixture.activate(.test(3, effectiveAt: next))
            try await fixture.service.settle()
            told.append(try await fixture.crossings())
            #expect(try await fixture.explain("lead-1").history.map(\.agreementVersion) == [1, 2, 3])
        }
        #expect(told[0] == ["lead_qualified 2026-03-03T00:00:00Z", "lead_cooled 2026-03-03T00:01:00Z"])
        #expect(told[0] == told[1])
    }

    @Test func `how far it is can be asked for, page by page, the latest first`() async throws {
        let fixture = try await fixture(3)
        try await fixture.service.settle()
        try await fixture.activate(.test(2, effectiveAt: effect) { $0.qualification.threshold = 40 })
        let before = try await fixture.client.listRescores(.init())
        #expect(before.agreementVersion == 2 && before.rescores.map(\.agreementVersion) == [1])
        try await fixture.service.settle()
        let first = try await fixture.client.listRescores(.with { $0.page.pageSize = 1 })
        let rescore = try #require(first.rescores.first)
        #expect(rescore.agreementVersion == 2 && rescore.leads == 3 && rescore.lookedAt == 3 && rescore.changed == 3)
        #expect(rescore.qualified == 3 && rescore.cooled == 0 && rescore.supersededBy == 0)
        #expect(Instant(rescore.effectiveAt) == effect && Instant(rescore.finishedAt) == effect)
        let second = try await fixture.client.listRescores(.with { $0.page.pageToken = first.nextPageToken })
        #expect(second.rescores.map(\.agreementVersion) == [1] && second.nextPageToken.isEmpty)
    }

    @Test func `leads that came under the version in force are looked at and left alone`() async throws {
        let fixture = try await fixture()
        try await fixture.activate(.test(2, effectiveAt: effect) { $0.fit[0].points = 60 })
        _ = try await fixture.upsert([.test("new", employees: 450)])
        try await fixture.service.settle()
        let rescore = try await fixture.rescores()[0]
        #expect(rescore.lookedAt == 2 && rescore.changed == 1)
        #expect(try await fixture.explain("new").history.count == 1)
    }
}

extension ScoringFixture {
    /// As ICP tells that a version takes, or will take, effect.
    func activate(_ version: WireAgreementVersion) async throws {
        let effectiveAt = Instant(version.effectiveAt)
        try await service.deliver(
            .agreementActivated(.with { $0.version = version }), key: "agreement", at: effectiveAt, version: 0)
    }

    /// The latest first.
    func rescores() async throws -> [WireRescore] { try await client.listRescores(.init()).rescores }
}
