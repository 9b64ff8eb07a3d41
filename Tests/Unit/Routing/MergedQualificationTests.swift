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

    @Test func `a lead that qualified as one with another has a handoff when they are told apart, if it did so alone`()
        async throws
    {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        try await scene.qualify("former")
        try await scene.merge("former", into: "stays", 1)
        scene.fixture.clock.advance(by: .days(20))
        let moment = scene.now
        try await scene.requalify("stays")
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["former"])
        scene.fixture.clock.advance(by: .days(1))
        try await scene.split("former", from: "stays", 2)
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["former"])
        try await scene.fixture.deliver(RoutingScene.qualified("stays", country: "DE"), key: "stays", at: moment)
        #expect(try await scene.handoff("stays").repID == "bob")
        #expect(try await scene.handoff("former").repID == "anna")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `what sales had and decided is not opened again because a split looks at the past`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.merge("former", into: "stays", 1)
        try await scene.qualify("stays")
        let moment = scene.now
        scene.fixture.clock.advance(by: .days(1))
        try await scene.reject(scene.handoff("stays"), "no_budget")
        try await scene.split("former", from: "stays", 2)
        for id in ["stays", "never-merged"] {
            try await scene.fixture.deliver(RoutingScene.qualified(id, country: "DE"), key: id, at: moment)
        }
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["stays", "never-merged"])
        let decided = try await scene.handoff("stays")
        #expect(decided.state == .recycled)
        #expect(decided.decisions.map(\.cause) == ["qualified", "qualified"])
        scene.fixture.clock.advance(by: .days(1))
        try await scene.requalify("stays")
        #expect(try await scene.handoff("stays").state == .assigned)
        #expect(try await scene.handoff("stays").handoffID != decided.handoffID)
        try await scene.expectCountersToEqualARecount()
    }

    @Test(arguments: [true, false])
    func `a lead that sales decided on is not opened again for what a former id did before its merge`(
        splits: Bool
    ) async throws {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        let then = scene.now
        scene.fixture.clock.advance(by: .minutes(1))
        try await scene.qualify("stays")
        scene.fixture.clock.advance(by: .minutes(1))
        try await scene.merge("former", into: "stays", 1)
        scene.fixture.clock.advance(by: .hours(1))
        try await scene.reject(scene.handoff("stays"), "no_budget")
        try await scene.fixture.deliver(RoutingScene.qualified("former", country: "DE"), key: "former", at: then)
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["stays"])
        #expect(try await scene.handoff("former").state == .recycled)
        if splits {
            try await scene.split("former", from: "stays", 2)
            #expect(try await scene.told(.handoffAssigned).map(\.key) == ["stays", "former"])
            #expect(try await scene.handoff("former").repID == "bob")
            #expect(try await scene.handoff("stays").state == .recycled)
        }
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `what a former id did after sales had decided on the other lead is sales' to hear`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("stays")
        try await scene.reject(scene.handoff("stays"), "no_budget")
        scene.fixture.clock.advance(by: .hours(1))
        let then = scene.now
        scene.fixture.clock.advance(by: .hours(1))
        try await scene.merge("former", into: "stays", 1)
        try await scene.fixture.deliver(RoutingScene.qualified("former", country: "DE"), key: "former", at: then)
        #expect(try await scene.handoff("stays").state == .assigned)
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["stays", "former"])
    }

    @Test
    func `a former id that qualified again has the handoff back that it had, whether that or the split comes first`()
        async throws
    {
        for splitsFirst in [true, false] {
            let scene = try await RoutingScene.pair()
            let ended = try await scene.handoff("new")
            try await scene.merge("new", into: "old", 1)
            scene.fixture.clock.advance(by: .days(20))
            let moment = scene.now
            try await scene.reject(scene.handoff("old"), "no_budget")
            scene.fixture.clock.advance(by: .days(1))
            if splitsFirst { try await scene.split("new", from: "old", 2) }
            guard case .leadQualified(let told) = RoutingScene.qualified("new", country: "DE") else { return }
            try await scene.fixture.deliver(.leadRequalified(told), key: "new", at: moment)
            if !splitsFirst { try await scene.split("new", from: "old", 2) }
            let back = try await scene.handoff("new")
            #expect(back.handoffID == ended.handoffID && back.repID == "bob", "split first: \(splitsFirst)")
            #expect(try await scene.told(.handoffAssigned).map(\.key) == ["old", "new", "new"])
            try await scene.expectCountersToEqualARecount()
        }
    }
}
