import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

/// Qualifications of leads that are one, or were.
@Suite struct MergedQualificationTests {
    @Test func `a handoff of a former id alone goes on, and no second one is opened beside it`() async throws {
        let scene = try await RoutingScene.pair()
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
}
