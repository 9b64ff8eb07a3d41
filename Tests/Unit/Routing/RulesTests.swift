import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import RPC
import RoutingService
import SwiftProtobuf
import Testing

@Suite struct RulesTests {
    /// What the rules of an agreement can speak about, each with a value that the lead has and one that it has not.
    static let cases: [(String, String, Google_Protobuf_Value, Bool)] = [
        ("lead.score", "gte", Google_Protobuf_Value(numberValue: 81), true),
        ("lead.score", "gt", Google_Protobuf_Value(numberValue: 81), false),
        ("lead.grade", "eq", "A1", true), ("lead.tier", "eq", "A", true), ("lead.motion", "eq", "inbound", true),
        ("lead.segment", "eq", "enterprise", true), ("lead.territory", "eq", "north", true),
        ("person.seniority", "eq", "vp", true), ("person.country", "eq", "DE", true),
        ("person.country", "eq", "US", false),
        ("company.employees", "gte", Google_Protobuf_Value(numberValue: 200), true),
        ("company.annual_revenue", "eq", Google_Protobuf_Value(numberValue: 1_250.5), true),
        ("company.technologies", "contains", "kafka", true), ("account.id", "eq", "a-1", true),
        ("custom.partner", "eq", "acme", true), ("custom.partner", "eq", "other", false),
    ]

    @Test(arguments: cases)
    func aRuleSeesTheLead(field: String, op: String, value: Google_Protobuf_Value, holds: Bool) async throws {
        let scene = try await Self.scene(
            .with {
                $0.field = field
                $0.op = op
                $0.value = value
            })
        try await scene.fixture.deliver(Self.qualified, key: "l-1", at: scene.now)
        #expect(try await scene.handoff("l-1").repID == (holds ? "anna" : "bob"))
    }

    @Test(arguments: [(1, true), (2, false)])
    func aRuleSeesWhatTheLeadDid(atLeast: Int32, holds: Bool) async throws {
        let scene = try await Self.scene(
            .with {
                $0.event = "demo_request"
                $0.atLeast = atLeast
            })
        try await scene.fixture.deliver(Self.qualified, key: "l-1", at: scene.now)
        #expect(try await scene.handoff("l-1").repID == (holds ? "anna" : "bob"))
    }

    @Test func faultyRulesAreRefusedAndNothingIsOpened() async throws {
        let scene = try await Self.scene(
            .with {
                $0.field = "company.size"
                $0.op = "eq"
                $0.value = "big"
            })
        await #expect(throws: (any Error).self) {
            try await scene.fixture.deliver(Self.qualified, key: "l-1", at: scene.now)
        }
        #expect(try await scene.client.listHandoffs(.init()).handoffs.isEmpty)
    }

    @Test func aHandoffKeepsTheRulesOfTheVersionItWasMadeUnder() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        var later = RoutingScene.agreement
        later.routing.rejectionReasons = []
        let second = WireAgreementVersion.with {
            $0.version = 2
            $0.state = .active
            $0.agreement = later
            $0.effectiveAt = scene.now.wire
        }
        try await scene.fixture.deliver(
            .agreementActivated(.with { $0.version = second }), key: "agreement", at: scene.now, version: 1)
        let old = try await scene.reject(scene.handoff("l-1"), "no_budget")
        #expect(old.state == .recycled)
        try await scene.fixture.deliver(
            RoutingScene.qualified("l-2", country: "DE"), key: "l-2", at: scene.now, version: 2)
        let new = try await scene.handoff("l-2")
        #expect(new.agreementVersion == 2)
        let error = try await #require(throws: RPCError.self) { try await scene.reject(new, "no_budget") }
        #expect(error.message.contains("agreement version 2 names none"))
    }

    @Test func aLongQueueMovesInOrder() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 0)
        try await scene.pool("de", [("anna", 1)])
        for lead in 100..<250 {
            try await scene.qualify("l-\(lead)")
            scene.fixture.clock.advance(by: .minutes(1))
        }
        try await scene.rep("anna", capacity: 140)
        #expect(try await scene.told(.handoffAssigned).map(\.key) == (100..<240).map { "l-\($0)" })
        try await scene.reject(scene.handoff("l-100"), "spam")
        #expect(try await scene.handoff("l-240").state == .assigned)
        #expect(try await scene.handoff("l-241").state == .waiting)
        try await scene.expectCountersToEqualARecount()
    }

    // MARK: -

    /// Leads for which the criteria hold go to anna, the others to bob.
    private static func scene(_ criteria: WireCriteria) async throws -> RoutingScene {
        let scene = try RoutingScene { agreement in
            agreement.currency = "EUR"
            agreement.fields = [
                .with {
                    $0.name = "partner"
                    $0.type = "text"
                }
            ]
            agreement.routing.rules = [
                .with {
                    $0.id = "only"
                    $0.when = criteria
                    $0.rep = "anna"
                }
            ]
        }
        try await scene.rep("anna")
        try await scene.rep("bob")
        try await scene.pool("rest", [("bob", 1)])
        return scene
    }

    private static let qualified: WireEvent.OneOf_Payload = .leadQualified(
        .with {
            $0.lead.leadID = "l-1"
            $0.context.lead = .with {
                $0.leadID = "l-1"
                $0.segment = "enterprise"
                $0.territory = "north"
                $0.person.seniority = "VP"
                $0.person.country = "DE"
                $0.company.accountID = "a-1"
                $0.company.employees = 200
                $0.company.annualRevenue = Money(minorUnits: 125_050, currency: "EUR").wire
                $0.company.technologies = ["Kafka"]
                $0.custom = ["partner": "acme"]
            }
            $0.context.score = .with {
                $0.total = 81
                $0.grade = "A1"
                $0.tier = "A"
            }
            $0.context.engagements = [
                .with {
                    $0.kind = "demo_request"
                    $0.occurredAt = RoutingScene.start.wire
                }
            ]
        })
}
