import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

/// Handoffs of leads that become one, and are told apart again.
@Suite struct MergedHandoffTests {
    @Test func `of two handoffs that no one has accepted the older goes on`() async throws {
        let scene = try await RoutingScene.pair()
        let (old, new) = (try await scene.handoff("old"), try await scene.handoff("new"))
        try await scene.merge("old", into: "new", 1)
        for id in ["old", "new"] {
            let handoff = try await scene.handoff(id)
            #expect(handoff.handoffID == old.handoffID)
            #expect(handoff.leadID == "new")
            #expect(handoff.lead.leadID == "old")
            #expect(handoff.state == .assigned)
        }
        let ended = try await scene.client.getHandoff(.with { $0.handoffID = new.handoffID }).handoff
        #expect(ended.state == .closed)
        #expect(ended.mergedInto == old.handoffID)
        #expect(ended.repID == "bob")
        let told = try await scene.told(.handoffClosed)
        #expect(told.map(\.key) == ["new"])
        #expect(told.map(\.handoffClosed.mergedInto) == [old.handoffID])
        #expect(told.map { Instant($0.occurredAt) } == [scene.now])
        #expect(try await scene.told(.handoffRejected).isEmpty)
        try await scene.expectCountersToEqualARecount()
        #expect(
            try await scene.client.listHandoffs(.with { $0.leadID = "old" }).handoffs.map(\.handoffID)
                == [old.handoffID, new.handoffID])
    }

    @Test func `the handoff that a rep accepted goes on, though the other is older`() async throws {
        let scene = try await RoutingScene.pair()
        let new = try await scene.handoff("new")
        try await scene.accept(new)
        try await scene.merge("new", into: "old", 1)
        #expect(try await scene.handoff("old").handoffID == new.handoffID)
        #expect(try await scene.handoff("old").state == .accepted)
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `a split gives the rep their handoff back, and takes no one's turn`() async throws {
        let scene = try await RoutingScene.pair()
        let new = try await scene.handoff("new")
        try await scene.merge("new", into: "old", 1)
        scene.fixture.clock.advance(by: .hours(1))
        try await scene.split("new", from: "old", 2)
        let back = try await scene.handoff("new")
        #expect(back.handoffID == new.handoffID)
        #expect(back.leadID == "new")
        #expect(back.state == .assigned)
        #expect(back.repID == "bob")
        #expect(Instant(back.assignedAt) == scene.now)
        #expect(back.reassignments == 0)
        #expect(back.reasonCode.isEmpty)
        #expect(back.decisions.map(\.cause) == ["qualified", "leads_merged", "leads_split"])
        #expect(try await scene.handoff("old").repID == "anna")
        let told = try #require(try await scene.told(.handoffAssigned).last)
        #expect(told.handoffAssigned.cause == "leads_split")
        #expect(told.handoffAssigned.previousRepID.isEmpty)
        try await scene.expectCountersToEqualARecount()
        // anna is next, as if nothing had been.
        try await scene.qualify("next")
        #expect(try await scene.handoff("next").repID == "anna")
        try await scene.accept(back)
        try await scene.finish(back)
        #expect(try await scene.handoff("new").state == .qualified)
    }

    @Test func `orders to a handoff that ended are orders to the one that goes on`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        for lead in ["old", "new"] { try await scene.qualify(lead) }
        let (old, new) = (try await scene.handoff("old"), try await scene.handoff("new"))
        try await scene.touch(new, "call-1")
        try await scene.merge("new", into: "old", 1)
        let accepted = try await scene.accept(new)
        #expect(accepted.handoffID == old.handoffID)
        #expect(accepted.state == .accepted)
        #expect(try await scene.touch(new, "call-1").hasFirstTouchedAt == false)
        #expect(try await scene.touch(new, "call-2").state == .touched)
        #expect(try await scene.told(.handoffTouched).map(\.key) == ["new", "old"])
        await #expect(throws: RPCError.self) { try await scene.accept(new, actor: "bob") }
    }

    @Test func `what was given back and decided stays decided, whatever is merged later`() async throws {
        let scene = try await RoutingScene.pair()
        let then = scene.now
        try await scene.merge("new", into: "old", 1)
        // A second qualification of the former id, heard late.
        try await scene.fixture.deliver(RoutingScene.qualified("new", country: "DE"), key: "new", at: then)
        try await scene.split("new", from: "old", 2)
        try await scene.reject(scene.handoff("new"), "no_budget")
        try await scene.merge("new", into: "third", 3)
        #expect(try await scene.handoff("third").state == .recycled)
        try await scene.split("new", from: "third", 4)
        #expect(try await scene.handoff("new").state == .recycled)
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["old", "new", "new"])
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `a rep who has left does not get a lead back: another one does`() async throws {
        let scene = try await RoutingScene.pair()
        try await scene.merge("new", into: "old", 1)
        try await scene.rep("bob", active: false)
        try await scene.split("new", from: "old", 2)
        let back = try await scene.handoff("new")
        #expect(back.repID == "anna")
        #expect(back.reassignments == 1)
        try await scene.expectCountersToEqualARecount()
    }
}

extension RoutingScene {
    /// Leads `old` of anna and `new` of bob, a minute apart.
    static func pair() async throws -> RoutingScene {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for lead in ["old", "new"] {
            try await scene.qualify(lead)
            scene.fixture.clock.advance(by: .minutes(1))
        }
        return scene
    }

    func merge(_ former: String..., into root: String, _ sequence: Int64) async throws {
        try await merge(former, into: root, sequence)
    }

    func merge(_ former: [String], into root: String, _ sequence: Int64, at: Instant? = nil) async throws {
        try await fixture.deliver(
            .leadsMerged(
                .with {
                    $0.lead.leadID = root
                    $0.lead.formerIds = former
                    $0.lead.sequence = sequence
                }), key: root, at: at ?? now)
    }

    func split(_ id: String, from root: String, keeping former: [String] = [], _ sequence: Int64) async throws {
        try await fixture.deliver(
            .leadsSplit(
                .with {
                    $0.lead.leadID = root
                    $0.lead.formerIds = former
                    $0.lead.sequence = sequence
                    $0.split = [
                        .with {
                            $0.leadID = id
                            $0.sequence = sequence
                        }
                    ]
                }), key: root, at: now)
    }
}
