import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

/// Who said what of a lead, and when.
@Suite struct FieldHistoryTests {
    private static let start = ScoringFixture.start
    private var start: Instant { Self.start }

    private func said(_ industry: String, at moment: Instant?, by source: String = "crm") -> WireLead {
        .with {
            $0.leadID = "ana"
            $0.company.industry = industry
            $0.sourceSystem = source
            if let moment { $0.changedAt = moment.wire }
        }
    }

    @Test func `a late arrival does not overwrite a newer value, and is kept`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([said("logistics", at: start.adding(.days(-9)))])
        let newer = try await fixture.upsert([said("software", at: start.adding(.days(-1)))])
        let late = try await fixture.upsert([said("retail", at: start.adding(.days(-5)), by: "form")])
        #expect(newer.results.map(\.status) == [.updated])
        #expect(late.results.map(\.status) == [.unchanged])
        let lead = try await fixture.get("ana")
        #expect(lead.lead.company.industry == "software")
        #expect(lead.score.fit == 30)
        let origin = try #require(lead.fieldOrigins.first { $0.field == "company.industry" })
        #expect(origin.sourceSystem == "crm")
        #expect(Instant(origin.changedAt) == start.adding(.days(-1)))
        let changes = try await fixture.client.listFieldChanges(.with { $0.leadID = "ana" }).changes
        #expect(changes.map(\.field) == ["company.industry", "company.industry"])
        #expect(changes.map(\.before.stringValue) == ["logistics", ""])
        #expect(changes.map(\.after.stringValue) == ["software", "retail"])
        #expect(changes.map(\.late) == [false, true])
        #expect(changes.map { Instant($0.changedAt) } == [start.adding(.days(-1)), start.adding(.days(-5))])
        #expect(changes.allSatisfy { Instant($0.recordedAt) == start })
    }

    @Test func `what is said again is no change, whether it won or came late`() async throws {
        let fixture = try ScoringFixture()
        let all = [
            said("logistics", at: start.adding(.days(-9))), said("software", at: start.adding(.days(-1))),
            said("retail", at: start.adding(.days(-5))),
        ]
        for _ in 0..<3 { for lead in all { _ = try await fixture.upsert([lead]) } }
        let changes = try await fixture.client.listFieldChanges(.with { $0.leadID = "ana" }).changes
        #expect(changes.map(\.after.stringValue) == ["software", "retail"])
    }

    @Test func `a lead shows the fields that it had at any instant`() async throws {
        let fixture = try ScoringFixture()
        var first = said("logistics", at: start.adding(.days(-9)))
        first.createdAt = start.adding(.days(-20)).wire
        first.company.employees = 450
        _ = try await fixture.upsert([first])
        _ = try await fixture.upsert([said("software", at: start.adding(.days(-1)))])
        _ = try await fixture.upsert([said("retail", at: start.adding(.days(-5)))])
        for (day, industry) in [(-10, ""), (-9, "logistics"), (-6, "logistics"), (-5, "retail"), (-1, "software")] {
            let lead = try await fixture.get("ana", at: start.adding(.days(Int64(day))))
            #expect(lead.lead.company.industry == industry, "day \(day)")
            #expect(lead.score.fit == (industry == "software" ? 100 : day < -9 ? 0 : 80), "day \(day)")
        }
    }

    @Test func `what came late counts from its own time until the newer value was said again`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([said("logistics", at: start.adding(.days(-9)))])
        fixture.service.clock.advance(by: .days(9))
        _ = try await fixture.upsert([said("logistics", at: start.adding(.days(5)))])
        _ = try await fixture.upsert([said("retail", at: start.adding(.days(3)), by: "form")])
        for (day, industry) in [(2, "logistics"), (3, "retail"), (4, "retail"), (5, "logistics"), (9, "logistics")] {
            let lead = try await fixture.get("ana", at: start.adding(.days(Int64(day))))
            #expect(lead.lead.company.industry == industry, "day \(day)")
        }
    }

    @Test func `fields without a stated time are the latest when they arrive, and hold since the lead came to be`()
        async throws
    {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([.test("ana", employees: 450, createdAt: start.adding(.days(-30)))])
        fixture.service.clock.advance(by: .days(2))
        _ = try await fixture.upsert([.test("ana", employees: 20)])
        #expect(try await fixture.get("ana", at: start.adding(.days(-20))).lead.company.employees == 450)
        #expect(try await fixture.get("ana", at: start.adding(.days(1))).score.fit == 80)
        #expect(try await fixture.get("ana").lead.company.employees == 20)
        _ = try await fixture.upsert([
            .with {
                $0 = .test("ana", employees: 300)
                $0.changedAt = start.adding(.days(1)).wire
            }
        ])
        #expect(try await fixture.get("ana").lead.company.employees == 20)
        #expect(try await fixture.get("ana", at: start.adding(.hours(36))).lead.company.employees == 300)
    }

    @Test(arguments: UInt64(1)...12)
    func `updates that state their time give the same lead in any order`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let updates = (0..<12).map { _ in
            WireLead.with { lead in
                lead.leadID = "ana"
                lead.changedAt = start.adding(.hours(-.random(in: 1...6, using: &random))).wire
                lead.sourceSystem = ["crm", "form", ""].randomElement(using: &random) ?? ""
                if Bool.random(using: &random) {
                    lead.createdAt = start.adding(.days(-.random(in: 1...9, using: &random))).wire
                }
                lead.motion = ["", "", "inbound", "outbound"].randomElement(using: &random) ?? ""
                let value = "v\(Int.random(in: 0...3, using: &random))"
                switch Int.random(in: 0...4, using: &random) {
                case 0: lead.person.title = value
                case 1: lead.company.technologies = [value]
                case 2: lead.custom = ["seats": Google_Protobuf_Value(numberValue: Double(value.utf8.last ?? 0))]
                case 3: lead.custom = ["seats": .with { $0.nullValue = .nullValue }]
                default:
                    lead.company.annualRevenue = .with {
                        $0.minorUnits = Int64(value.utf8.last ?? 0)
                        $0.currency = "USD"
                    }
                }
            }
        }
        func lead(_ updates: [WireLead]) async throws -> WireLeadRecord {
            let fixture = try ScoringFixture()
            for update in updates { _ = try await fixture.upsert([update]) }
            return try await fixture.get("ana")
        }
        let inOrder = try await lead(updates)
        for _ in 0..<3 {
            let other = try await lead(updates.shuffled(using: &random))
            #expect(other.lead == inOrder.lead, "seed \(seed)")
            #expect(other.score == inOrder.score, "seed \(seed)")
            #expect(other.fieldOrigins == inOrder.fieldOrigins, "seed \(seed)")
        }
    }

    @Test(arguments: [nil, start.adding(.days(-1))])
    func `what a lead is by default gives way to what was ever said, and what was said does not`(at moment: Instant?)
        async throws
    {
        let fixture = try ScoringFixture()
        func say(_ id: String, at moment: Instant?, _ change: (inout WireLead) -> Void) async throws {
            let lead = WireLead.with {
                $0.leadID = id
                if let moment { $0.changedAt = moment.wire }
                change(&$0)
            }
            _ = try await fixture.upsert([lead])
        }
        try await say("ana", at: moment) { _ in }
        try await say("ben", at: start.adding(.days(-1))) { $0.motion = "inbound" }
        for id in ["ana", "ben"] {
            try await say(id, at: start.adding(.days(-5))) {
                $0.motion = "outbound"
                $0.createdAt = start.adding(.days(-30)).wire
            }
        }
        let (ana, ben) = (try await fixture.get("ana").lead, try await fixture.get("ben").lead)
        #expect(ana.motion == "outbound" && ben.motion == "inbound")
        #expect([ana, ben].allSatisfy { Instant($0.createdAt) == start.adding(.days(-30)) })
    }

    @Test func `wrong times, sources and external ids are told together`() async throws {
        let fixture = try ScoringFixture()
        let result = try await fixture.upsert([
            .with {
                $0.leadID = "ana"
                $0.changedAt = start.adding(.days(3)).wire
                $0.sourceSystem = "a\tb"
                $0.externalIds = [.with { $0.source = "hub:spot" }]
            }
        ]).results[0]
        #expect(
            result.error.violations.map(\.path) == [
                "leads[0].external_ids[0].id", "leads[0].external_ids[0].source", "leads[0].changed_at",
                "leads[0].source_system",
            ])
        let error = await #expect(throws: RPCError.self) {
            try await fixture.client.listFieldChanges(
                .with {
                    $0.leadID = "ana"
                    $0.field = "shoe.size"
                })
        }
        #expect(error?.code == .invalidArgument)
    }
}
