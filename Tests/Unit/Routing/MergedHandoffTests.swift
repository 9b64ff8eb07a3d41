import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

/// Handoffs of leads that become one, and are told apart again.
@Suite struct MergedHandoffTests {
    /// Leads `old` of anna and `new` of bob, a minute apart.
    private func pair() async throws -> RoutingScene {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for lead in ["old", "new"] {
            try await scene.qualify(lead)
            scene.fixture.clock.advance(by: .minutes(1))
        }
        return scene
    }

    @Test func `of two handoffs that no one has accepted the older goes on`() async throws {
        let scene = try await pair()
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
        let scene = try await pair()
        let new = try await scene.handoff("new")
        try await scene.accept(new)
        try await scene.merge("new", into: "old", 1)
        #expect(try await scene.handoff("old").handoffID == new.handoffID)
        #expect(try await scene.handoff("old").state == .accepted)
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `a split gives the rep their handoff back, and takes no one's turn`() async throws {
        let scene = try await pair()
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

    @Test func `a handoff of a former id alone goes on, and no second one is opened beside it`() async throws {
        let scene = try await pair()
        try await scene.merge("new", "old", into: "main", 1)
        let open = try await scene.handoff("main")
        scene.fixture.clock.advance(by: .minutes(1))
        try await scene.requalify("main")
        let all = try await scene.client.listHandoffs(.with { $0.leadID = "main" }).handoffs
        #expect(all.count == 2)
        #expect(all.filter { $0.state != .closed }.map(\.handoffID) == [open.handoffID])
        #expect(try await scene.handoff("main").decisions.map(\.cause) == ["qualified", "qualified"])
        try await scene.touch(open, "call-1")
        #expect(try await scene.handoff("new").hasFirstTouchedAt)
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

    @Test func `who waits ends for who is served, and a split puts it in the queue again`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 1)
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("served")
        scene.fixture.clock.advance(by: .minutes(1))
        try await scene.qualify("waits")
        try await scene.merge("served", into: "waits", 1)
        #expect(try await scene.handoff("waits").repID == "anna")
        #expect(try await scene.client.listHandoffs(.with { $0.state = .waiting }).handoffs.isEmpty)
        #expect(try await scene.told(.handoffClosed).map(\.key) == ["waits"])
        try await scene.split("served", from: "waits", 2)
        #expect(try await scene.handoff("waits").state == .waiting)
        #expect(try await scene.told(.handoffWaiting).map(\.key) == ["waits", "waits"])
        try await scene.reject(scene.handoff("served"), "spam")
        #expect(try await scene.handoff("waits").repID == "anna")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `capacity that a merge frees goes to the queue at once`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 2)
        try await scene.pool("de", [("anna", 1)])
        for lead in ["one", "two", "three"] { try await scene.qualify(lead) }
        #expect(try await scene.handoff("three").state == .waiting)
        try await scene.merge("two", into: "one", 1)
        #expect(try await scene.handoff("three").repID == "anna")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `a lead whose qualification is heard after its merge gets its handoff when it is told apart`()
        async throws
    {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        try await scene.qualify("one")
        let then = scene.now
        scene.fixture.clock.advance(by: .minutes(5))
        try await scene.merge("two", into: "one", 1)
        try await scene.fixture.deliver(RoutingScene.qualified("two", country: "DE"), key: "two", at: then)
        #expect(try await scene.handoff("two").leadID == "one")
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["one"])
        try await scene.split("two", from: "one", 2)
        #expect(try await scene.handoff("two").repID == "bob")
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["one", "two"])
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `what was given back and decided stays decided, whatever is merged later`() async throws {
        let scene = try await pair()
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
        let scene = try await pair()
        try await scene.merge("new", into: "old", 1)
        try await scene.rep("bob", active: false)
        try await scene.split("new", from: "old", 2)
        let back = try await scene.handoff("new")
        #expect(back.repID == "anna")
        #expect(back.reassignments == 1)
        try await scene.expectCountersToEqualARecount()
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `whatever is merged, split and decided, a lead has one open handoff and loads are right`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let comment = Comment(rawValue: "replay with SeededRandom(seed: \(seed))")
        let scene = try RoutingScene()
        for rep in ["anna", "bob", "cleo"] { try await scene.rep(rep, capacity: 3) }
        try await scene.pool("de", [("anna", 1), ("bob", 2), ("cleo", 1)])
        let ids = (0..<8).map { "l-\($0)" }
        var groups = Dictionary(uniqueKeysWithValues: ids.map { ($0, [$0]) })
        for sequence in 1...60 as ClosedRange<Int64> {
            scene.fixture.clock.advance(by: .minutes(1))
            let roots = groups.keys.sorted()
            guard let root = roots.randomElement(using: &random) else { return }
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1: try await scene.qualify(root)
            case 2:
                guard let other = roots.filter({ $0 != root }).randomElement(using: &random) else { continue }
                groups[root, default: []] += groups.removeValue(forKey: other) ?? []
                try await scene.merge(groups[root, default: []].filter { $0 != root }, into: root, sequence)
            case 3:
                guard let former = groups[root]?.filter({ $0 != root }).randomElement(using: &random) else { continue }
                groups[root]?.removeAll { $0 == former }
                groups[former] = [former]
                try await scene.split(
                    former, from: root, keeping: groups[root, default: []].filter { $0 != root }, sequence)
            case 4:
                guard let handoff = try? await scene.handoff(root), handoff.state == .assigned else { continue }
                try await scene.accept(handoff)
            default:
                guard let handoff = try? await scene.handoff(root), handoff.state == .accepted else { continue }
                try await scene.reject(
                    handoff, ["no_budget", "region", "spam"].randomElement(using: &random) ?? "spam")
            }
            try await scene.expectCountersToEqualARecount(comment)
            let all = try await scene.client.listHandoffs(.with { $0.page.pageSize = 1_000 }).handoffs
            // None stays ended in favour of a lead that it is no part of any more.
            let leads = Dictionary(uniqueKeysWithValues: all.map { ($0.handoffID, $0.leadID) })
            for handoff in all where !handoff.mergedInto.isEmpty {
                #expect(leads[handoff.mergedInto] == handoff.leadID, comment)
            }
            let open = all.filter { [.waiting, .assigned, .accepted, .touched].contains($0.state) }
            #expect(Set(open.map(\.leadID)).count == open.count, comment)
            for handoff in open { #expect(groups[handoff.leadID]?.contains(handoff.lead.leadID) == true, comment) }
        }
    }
}

extension RoutingScene {
    func merge(_ former: String..., into root: String, _ sequence: Int64) async throws {
        try await merge(former, into: root, sequence)
    }

    func merge(_ former: [String], into root: String, _ sequence: Int64) async throws {
        try await fixture.deliver(
            .leadsMerged(
                .with {
                    $0.lead.leadID = root
                    $0.lead.formerIds = former
                    $0.lead.sequence = sequence
                }), key: root, at: now)
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
