import AccordTesting
import Contracts
import GRDB
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

/// Handoffs of people who were erased.
@Suite struct ErasedLeadTests {
    private static let person = [
        "p-7f3", "p-9c1", "ada@fjord.example", "Ada Fjord", "Fjord Freight", "fjord.example", "/secret-page",
        "call-ada",
        "said so to ada", "spoke with ada",
    ]

    private static func qualified(_ lead: String, of engaged: [String] = []) -> WireEvent.OneOf_Payload {
        guard case .leadQualified(var told) = RoutingScene.qualified(lead, country: "DE") else {
            return .leadQualified(.init())
        }
        told.lead.company = "Fjord Freight"
        told.lead.domain = "fjord.example"
        told.context.lead.person.email = "ada@fjord.example"
        told.context.lead.person.name = "Ada Fjord"
        told.context.lead.company.domain = "fjord.example"
        told.context.engagements = ([lead] + engaged).map { id in
            .with {
                $0.engagementID = "e of \(id)"
                $0.leadID = id
                $0.attributes = ["page": Google_Protobuf_Value(stringValue: "/secret-page")]
            }
        }
        return .leadQualified(told)
    }

    private func traces(_ scene: RoutingScene, of values: [String] = person) async throws -> [String] {
        try await scene.fixture.traces(of: values, except: ServiceFixture.keepersOfErasedIDs)
    }

    private func loads(_ scene: RoutingScene) async throws -> [String] {
        try await scene.client.listReps(.init()).reps.map { "\($0.rep.repID) \($0.openHandoffs) \($0.assignedInAll)" }
    }

    @Test
    func `nothing is left of a lead, its packets, decisions, rejections and activities, whatever id they came by`()
        async throws
    {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for id in ["p-7f3", "p-9c1"] {
            try await scene.fixture.deliver(Self.qualified(id), key: id, at: scene.now)
            scene.fixture.clock.advance(by: .minutes(1))
        }
        let (first, second) = (try await scene.handoff("p-7f3").handoffID, try await scene.handoff("p-9c1").handoffID)
        _ = try await scene.client.recordActivity(
            .with {
                $0.handoffID = first
                $0.kind = "call"
                $0.activityID = "call-ada"
                $0.note = "spoke with ada"
            })
        _ = try await scene.client.rejectHandoff(
            .with {
                $0.handoffID = second
                $0.reasonCode = "region"
                $0.reasonDetail = "said so to ada"
            })
        try await scene.merge("p-9c1", into: "p-7f3", 1)
        #expect(try await Set(traces(scene).map { $0.split(separator: ": ")[1] }) == Set(Self.person.map { $0[...] }))
        for _ in 0..<2 { try await scene.erase("p-9c1", ["p-7f3"]) }
        #expect(try await traces(scene).isEmpty)
        #expect(try await scene.client.listHandoffs(.init()).handoffs.isEmpty)
        #expect(try await loads(scene) == ["anna 0 2", "bob 0 1"])
    }

    @Test func `capacity that an erasure frees goes to the queue at once, and turns stay taken`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 1)
        try await scene.rep("bob", capacity: 1)
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for lead in ["one", "two", "three"] { try await scene.qualify(lead) }
        scene.fixture.clock.advance(by: .hours(1))
        try await scene.erase("one")
        let three = try await scene.handoff("three")
        #expect(three.repID == "anna")
        #expect(Instant(three.assignedAt) == scene.now)
        #expect(try await loads(scene) == ["anna 1 2", "bob 1 1"])
        // One that waits takes no capacity.
        try await scene.qualify("four")
        try await scene.erase("four")
        #expect(try await loads(scene) == ["anna 1 2", "bob 1 1"])
    }

    @Test func `what is heard or ordered behind an erasure changes nothing, and says why`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("gone")
        let handoff = try await scene.handoff("gone")
        try await scene.erase("gone", ["never heard of"])
        try await scene.qualify("gone")
        try await scene.requalify("never heard of")
        try await scene.breach(handoff)
        try await scene.merge("gone", into: "kept", 1)
        try await scene.merge("kept", into: "gone", 2)
        #expect(try await scene.client.listHandoffs(.init()).handoffs.isEmpty)
        #expect(try await traces(scene, of: ["gone", "never heard of"]).isEmpty)
        let refused = await #expect(throws: RPCError.self) { try await scene.accept(handoff) }
        #expect(refused?.message == "there is no handoff \(handoff.handoffID)")
        let unknown = await #expect(throws: RPCError.self) { try await scene.handoff("gone") }
        #expect(unknown?.code == .notFound)
        #expect(unknown?.message == "lead gone was erased")
        try await scene.qualify("kept")
        #expect(try await scene.handoff("kept").leadID == "kept")
    }

    @Test func `handoffs of others who were once the same lead keep what is theirs alone`() async throws {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for id in ["p-7f3", "kept"] {
            try await scene.fixture.deliver(Self.qualified(id, of: ["kept", "p-7f3"]), key: id, at: scene.now)
            scene.fixture.clock.advance(by: .minutes(1))
        }
        try await scene.merge("kept", into: "p-7f3", 1)
        try await scene.split("kept", from: "p-7f3", 2)
        #expect(try await !traces(scene, of: ["p-7f3"]).isEmpty)
        try await scene.erase("p-7f3")
        #expect(try await traces(scene, of: ["p-7f3"]).isEmpty)
        let kept = try await scene.client.getHandoff(.with { $0.leadID = "kept" }).handoff
        #expect(kept.context.engagements.map(\.leadID) == ["kept", "kept"])
        let notes = kept.decisions.flatMap(\.steps).map(\.note)
        #expect(notes.contains { $0.hasPrefix("its lead became one with one who was erased: h-") })
    }

    @Test func `who was part of the lead and is not erased has their handoff back`() async throws {
        let scene = try await RoutingScene.pair()
        try await scene.merge("new", into: "old", 1)
        try await scene.erase("old")
        let back = try await scene.handoff("new")
        #expect(back.leadID == "new")
        #expect(back.repID == "bob")
        #expect(try await loads(scene) == ["anna 0 1", "bob 1 2"])
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `whoever is erased whenever, no trace is left and loads are right`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let comment = Comment(rawValue: "replay with SeededRandom(seed: \(seed))")
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep, capacity: 2) }
        try await scene.pool("de", [("anna", 1), ("bob", 2)])
        let ids = (0..<6).map { "l-\($0)" }
        var gone: Set<String> = []
        for sequence in 1...60 as ClosedRange<Int64> {
            scene.fixture.clock.advance(by: .minutes(1))
            let (id, other) = (ids.randomElement(using: &random) ?? "", ids.randomElement(using: &random) ?? "")
            switch Int.random(in: 0..<12, using: &random) {
            case 0...6: try await scene.qualify(id)
            case 7, 8: if id != other { try await scene.merge(other, into: id, sequence) }
            case 9: if id != other { try await scene.split(other, from: id, sequence) }
            case 10:
                guard let open = try? await scene.handoff(id), open.state == .assigned else { continue }
                try await scene.reject(open, ["spam", "region"].randomElement(using: &random) ?? "")
            default:
                guard gone.count < 4 else { continue }
                gone.insert(id)
                try await scene.erase(id)
            }
            #expect(try await traces(scene, of: gone.sorted()).isEmpty, comment)
            try await scene.expectLoadsToEqualARecount(comment)
        }
    }
}

extension RoutingScene {
    func erase(_ id: String, _ others: [String] = []) async throws {
        try await fixture.deliver(
            .leadErased(
                .with {
                    $0.leadID = id
                    $0.otherIds = others
                }), key: id, at: now)
    }
}
