import AccordTesting
import Contracts
import GRDB
import Kernel
import Platform
import ScoringService
import Storage
import SwiftProtobuf
import Testing

@Suite struct CoolingTests {
    private let start = ScoringFixture.start

    /// 40 of fit and 20 of a webinar, of which half is left after ten days: 50 points then.
    private func qualified(hysteresis: Double = 10) async throws -> ScoringFixture {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = hysteresis }])
        _ = try await fixture.upsert(
            [.test("ana", employees: 450)], [.test("w0", "ana", "webinar_attended", at: start)])
        return fixture
    }

    @Test func `a lead to which nothing happens cools at the computed time, told once, by the duty`() async throws {
        let fixture = try await qualified()
        let record = try await fixture.get("ana")
        let coolsAt = Instant(record.coolsAt)
        // The first microsecond at which less than half is left.
        #expect(coolsAt == start.adding(.days(10)).adding(TimeSpan(microseconds: 1)))
        fixture.service.clock.advance(to: start.adding(.days(10)))
        try await fixture.service.settle()
        #expect(try await fixture.crossings() == ["lead_qualified 2026-03-01T00:00:00Z"])
        // The service was down for months: the time that is told is the true one.
        fixture.service.clock.advance(to: start.adding(.days(200)))
        try await fixture.service.settle()
        try await fixture.service.settle()
        #expect(
            try await fixture.crossings() == [
                "lead_qualified 2026-03-01T00:00:00Z", "lead_cooled 2026-03-11T00:00:00.000001Z",
            ])
        let told = try #require(try await fixture.service.told().last?.leadCooled)
        #expect(told.lead.leadID == "ana")
        #expect(told.level == 50)
        #expect(abs(told.score.total - 50) < 1e-9)
        #expect(Instant(told.qualifiedAt) == start)
        let after = try await fixture.get("ana")
        #expect(after.state == .mql)
        #expect(Instant(after.cooledAt) == coolsAt)
        #expect(!after.hasCoolsAt)
        #expect(!(try await fixture.get("ana", at: start.adding(.days(3)))).hasCooledAt)
        #expect(try await fixture.explain("ana").history.map(\.cause).last == "cooled")
    }

    @Test func `what happens after the computed time finds the lead cooled, though the duty was not there`()
        async throws
    {
        var told: [[String]] = []
        for dutyRuns in [false, true] {
            let fixture = try await qualified()
            fixture.service.clock.advance(to: start.adding(.days(30)))
            if dutyRuns { try await fixture.service.settle() }
            _ = try await fixture.record([.test("w2", "ana", "webinar_attended", at: start.adding(.days(30)))])
            try await fixture.service.settle()
            told.append(try await fixture.crossings())
        }
        #expect(
            told[0] == [
                "lead_qualified 2026-03-01T00:00:00Z", "lead_cooled 2026-03-11T00:00:00.000001Z",
                "lead_requalified 2026-03-31T00:00:00Z",
            ])
        #expect(told[0] == told[1])
    }

    @Test func `a history that is sent late, in order, gives what it would have given then`() async throws {
        var told: [[String]] = []
        for isLive in [true, false] {
            let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 10 }], start: start)
            if !isLive { fixture.service.clock.advance(by: .days(400)) }
            _ = try await fixture.upsert([.test("ana", employees: 450, createdAt: start)])
            for day in [Int64(0), 8, 20, 60, 61, 200] {
                let at = start.adding(.days(day))
                if isLive {
                    fixture.service.clock.advance(to: at)
                    try await fixture.service.settle()
                }
                _ = try await fixture.record([.test("w\(day)", "ana", "webinar_attended", at: at)])
                try await fixture.service.settle()
            }
            fixture.service.clock.advance(to: start.adding(.days(401)))
            try await fixture.service.settle()
            told.append(try await fixture.crossings())
        }
        #expect(told[0] == told[1])
        #expect(told[0].count == 6)
    }

    @Test func `a lead that time had cooled is cooled before its fields change, by the fields it had`() async throws {
        let fixture = try await qualified()
        fixture.service.clock.advance(to: start.adding(.days(30)))
        _ = try await fixture.upsert([
            .with {
                $0.leadID = "ana"
                $0.company.employees = 900
            }
        ])
        #expect(try await fixture.crossings().last == "lead_cooled 2026-03-11T00:00:00.000001Z")
        #expect(try await fixture.explain("ana").history.map(\.cause).suffix(2) == ["cooled", "lead updated"])
    }

    @Test func `an engagement before the computed time puts it off`() async throws {
        let fixture = try await qualified()
        fixture.service.clock.advance(to: start.adding(.days(10)))
        _ = try await fixture.record([.test("w1", "ana", "webinar_attended", at: start.adding(.days(10)))])
        // Of 60 points one and a half times 20 are from webinars: a third of them is left when 50 are.
        let coolsAt = Instant(try await fixture.get("ana").coolsAt)
        let days = 10 + 10 * 1.584_962_500_721_156
        #expect(abs(coolsAt.seconds(since: start) / 86_400 - days) < 1e-9)
        fixture.service.clock.advance(to: start.adding(.days(20)))
        try await fixture.service.settle()
        #expect(try await fixture.crossings().count == 1)
    }

    @Test func `fields that take a lead below cool it at once`() async throws {
        let fixture = try await qualified()
        fixture.service.clock.advance(by: .hours(1))
        _ = try await fixture.upsert([.test("ana", employees: 10)])
        #expect(
            try await fixture.crossings() == [
                "lead_qualified 2026-03-01T00:00:00Z", "lead_cooled 2026-03-01T01:00:00Z",
            ])
    }

    @Test func `a lead that fit alone keeps above never cools`() async throws {
        let fixture = try ScoringFixture([.test { $0.qualification.threshold = 40 }])
        _ = try await fixture.upsert([.test("ana", employees: 450)])
        #expect(!(try await fixture.get("ana")).hasCoolsAt)
        fixture.service.clock.advance(by: .days(3_000))
        try await fixture.service.settle()
        #expect(try await fixture.crossings().count == 1)
    }

    @Test func `criteria that time turns cool a lead at the first instant at which they no longer hold`() async throws {
        let fixture = try ScoringFixture([
            .test { section in
                section.situation = [
                    .with {
                        $0.id = "active"
                        $0.points = 30
                        $0.when.event = "page_viewed"
                        $0.when.within = "7d"
                    }
                ]
            }
        ])
        _ = try await fixture.upsert([.test("ana", employees: 450)], [.test("p1", "ana", "page_viewed", at: start)])
        #expect(
            Instant(try await fixture.get("ana").coolsAt)
                == start.adding(.days(7)).adding(TimeSpan(microseconds: 1)))
    }

    @Test func `a lead that cooled stays so in another one, and when it is told apart again`() async throws {
        let coolsAt = start.adding(.days(10)).adding(TimeSpan(microseconds: 1))
        for dutyRuns in [false, true] {
            let fixture = try await qualified()
            _ = try await fixture.upsert([.test("ben")])
            fixture.service.clock.advance(to: start.adding(.days(30)))
            if dutyRuns { try await fixture.service.settle() }
            _ = try await fixture.merge("ana", into: "ben")
            try await fixture.service.settle()
            let merged = try await fixture.get("ana")
            #expect(merged.lead.leadID == "ben" && merged.state == .mql)
            #expect(Instant(merged.cooledAt) == coolsAt && !merged.hasCoolsAt)
            _ = try await fixture.split("ana")
            try await fixture.service.settle()
            let apart = try await fixture.get("ana")
            #expect(apart.lead.leadID == "ana" && Instant(apart.cooledAt) == coolsAt)
            #expect(!(try await fixture.get("ben")).hasCooledAt)
            #expect(
                try await fixture.crossings() == [
                    "lead_qualified 2026-03-01T00:00:00Z", "lead_cooled 2026-03-11T00:00:00.000001Z",
                ], "the duty ran: \(dutyRuns)")
        }
    }

    @Test func `a merged lead cools at the computed time and stays merged`() async throws {
        let fixture = try await qualified()
        _ = try await fixture.upsert([.test("ben")])
        _ = try await fixture.merge("ana", into: "ben")
        let coolsAt = Instant(try await fixture.get("ben").coolsAt)
        #expect(coolsAt == start.adding(.days(10)).adding(TimeSpan(microseconds: 1)))
        fixture.service.clock.advance(to: start.adding(.days(200)))
        try await fixture.service.settle()
        let cooled = try await fixture.get("ana")
        #expect(Instant(cooled.cooledAt) == coolsAt && cooled.formerIds == ["ana"] && cooled.lead.leadID == "ben")
        #expect(cooled.lead.company.employees == 450 && cooled.engagementCount == 1)
    }

    @Test func `older stores open, and leads that were above the threshold are looked at again`() async throws {
        let schemas = try await SchemaHistory.schemas(owner: "scoring", ScoringService.migrations) {
            count, transaction in
            guard count > 0, count < 3 else { return }
            try transaction.database.execute(
                sql: """
                    INSERT INTO lead VALUES ('ana', 1, 4, 1, 0, 0, 0, 0, 61.0, 77, 1, 1, 0, 0, x'01', x'');
                    INSERT INTO lead VALUES ('ben', 1, 4, 2, 0, 0, 0, 0, 61.0, 77, 1, 1, 0, 0, x'01', x'');
                    """)
        } verify: { count, database in
            guard count > 0, count < 3 else { return }
            var due: [String] = []
            try database.rows("SELECT lead_id, cools_at FROM lead WHERE cools_at IS NOT NULL", []) {
                due.append("\($0.text(0)) \($0.integer(1))")
            }
            #expect(due == ["ana 77"])
        }
        #expect(Set(schemas).count == 1)
    }
}
