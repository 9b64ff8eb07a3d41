import AccordTesting
import Contracts
import Kernel
import RPC
import SwiftProtobuf
import Testing

@Suite struct CompareRoutingTests {
    static func lead(_ id: String, _ country: String, grade: String = "A1") -> WireComparedLead {
        .with {
            $0.lead.leadID = id
            $0.lead.company.country = country
            $0.before.grade = grade
            $0.after.grade = grade
        }
    }

    static func scene() async throws -> RoutingScene {
        let scene = try RoutingScene()
        for rep in ["ana", "ben", "fleur"] { try await scene.rep(rep) }
        try await scene.pool("de", [("ana", 1), ("ben", 1)])
        try await scene.pool("rest", [("ben", 1)])
        return scene
    }

    static func compare(
        _ scene: RoutingScene, _ leads: [WireComparedLead], after: WireAgreement
    ) async throws -> [WireRoutingComparison] {
        try await scene.client.compareRouting(
            .with {
                $0.before = RoutingScene.agreement
                $0.after = after
                $0.asOf = scene.now.wire
                $0.leads = leads
            }
        ).leads
    }

    static func agreement(_ change: (inout WireRoutingSection) -> Void) -> WireAgreement {
        var agreement = RoutingScene.agreement
        change(&agreement.routing)
        return agreement
    }

    static func text(_ choice: WireRoutingChoice) -> String {
        "\(choice.rule)/\(choice.poolID)/\(choice.repID)\(choice.waiting ? " waits" : "")"
    }

    @Test func tellsWhereBothAgreementsWouldSendALead() async throws {
        let scene = try await Self.scene()
        let after = Self.agreement { section in
            section.rules[0].pool = "rest"
            section.rules.removeLast()
        }
        let leads = try await Self.compare(
            scene, [Self.lead("l-1", "DE"), Self.lead("l-2", "FR"), Self.lead("l-3", "US")], after: after)
        #expect(leads.map(\.leadID) == ["l-1", "l-2", "l-3"])
        #expect(leads.map { Self.text($0.before) } == ["de/de/ana", "named//fleur", "/rest/ben"])
        #expect(leads.map { Self.text($0.after) } == ["de/rest/ben", "/rest/ben", "/rest/ben"])
    }

    @Test func rulesReadTheScoreThatEachAgreementGives() async throws {
        let scene = try await Self.scene()
        let after = Self.agreement { section in
            section.rules[0].when = .with {
                $0.field = "lead.grade"
                $0.op = "eq"
                $0.value = Google_Protobuf_Value(stringValue: "B1")
            }
        }
        var lead = Self.lead("l-1", "US")
        lead.after.grade = "B1"
        let answer = try await Self.compare(scene, [lead], after: after)
        #expect(answer.map { Self.text($0.after) } == ["de/de/ana"])
    }

    @Test func aLeadThatNoOneCouldTakeWaits() async throws {
        let scene = try await Self.scene()
        try await scene.rep("fleur", absent: (RoutingScene.start, RoutingScene.start.adding(.days(1))))
        let after = Self.agreement { $0.fallbackPool = "nowhere" }
        let leads = try await Self.compare(scene, [Self.lead("l-1", "FR"), Self.lead("l-2", "US")], after: after)
        #expect(leads.map { Self.text($0.after) } == ["named//fleur waits", "/nowhere/ waits"])
    }

    @Test func aSideThatDoesNotHandTheLeadOverIsAbsent() async throws {
        let scene = try await Self.scene()
        var lead = Self.lead("l-1", "DE")
        lead.clearBefore()
        let answer = try await Self.compare(scene, [lead], after: RoutingScene.agreement)
        #expect(answer.map(\.hasBefore) == [false] && answer.map(\.hasAfter) == [true])
    }

    @Test func noTurnIsTakenAndNothingIsTold() async throws {
        let scene = try await Self.scene()
        let leads = (0..<10).map { Self.lead("l-\($0)", "DE") }
        let answer = try await Self.compare(scene, leads, after: RoutingScene.agreement)
        #expect(answer.allSatisfy { $0.after.repID == "ana" })
        #expect(try await scene.fixture.told().isEmpty)
        for number in 0..<4 { try await scene.qualify("q-\(number)") }
        #expect(try await scene.shares() == ["ana": 2, "ben": 2])
    }

    @Test func refusesWhatItCannotDecide() async throws {
        let scene = try await Self.scene()
        await #expect(throws: RPCError.self) { try await scene.client.compareRouting(.init()) }
        let faulty = Self.agreement { $0.rules[0].when.op = "near" }
        let error = await #expect(throws: RPCError.self) { try await Self.compare(scene, [], after: faulty) }
        #expect(error?.message.contains("after.routing.rules[0].when") == true)
    }
}
