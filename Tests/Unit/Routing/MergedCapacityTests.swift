import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

/// Loads and queues, when handoffs end because their leads become one, and are given back.
@Suite struct MergedCapacityTests {
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

    @Test func `who waits anew after a split is given to no one before that`() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 1)
        try await scene.pool("de", [("anna", 1)])
        for lead in ["served", "waits"] { try await scene.qualify(lead) }
        let served = try await scene.handoff("served")
        scene.fixture.clock.advance(by: .hours(1))
        let refused = scene.now
        scene.fixture.clock.advance(by: .hours(1))
        try await scene.merge("waits", into: "served", 1)
        scene.fixture.clock.advance(by: .hours(1))
        try await scene.split("waits", from: "served", 2)
        let split = scene.now
        scene.fixture.clock.advance(by: .minutes(5))
        // Reported late.
        try await scene.reject(served, "spam", at: refused)
        #expect(try await scene.handoff("waits").repID == "anna")
        #expect(try await Instant(scene.handoff("waits").assignedAt) == split)
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

    @Test func `of three leads that become one at once the two others end, be it that one of them waits`() async throws
    {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 2)
        try await scene.pool("de", [("anna", 1)])
        for lead in ["one", "two", "three", "four"] {
            try await scene.qualify(lead)
            scene.fixture.clock.advance(by: .minutes(1))
        }
        try await scene.merge("two", "three", into: "one", 1)
        #expect(try await scene.told(.handoffClosed).map(\.key) == ["two", "three"])
        #expect(try await scene.told(.handoffAssigned).map(\.key) == ["one", "two", "four"])
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `capacity that a merge frees is free when the handoff ends, which is not before its rep had it`()
        async throws
    {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 2)
        try await scene.pool("de", [("anna", 1)])
        for lead in ["one", "zero", "two", "three"] { try await scene.qualify(lead) }
        let merged = scene.now
        scene.fixture.clock.advance(by: .minutes(5))
        try await scene.reject(scene.handoff("zero"), "spam")
        #expect(try await scene.handoff("two").repID == "anna")
        // Heard late.
        try await scene.merge(["two"], into: "one", 1, at: merged)
        let three = try await scene.handoff("three")
        #expect(three.repID == "anna")
        #expect(Instant(three.assignedAt) == scene.now)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `whatever is merged, split and decided, a lead has one open handoff and loads are right`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let comment = Comment(rawValue: "replay with SeededRandom(seed: \(seed))")
        let scene = try RoutingScene()
        for rep in ["anna", "bob", "cleo"] { try await scene.rep(rep, capacity: 1) }
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
                let others = roots.filter { $0 != root }.shuffled(using: &random)
                for other in others.prefix(.random(in: 1...3, using: &random)) {
                    groups[root, default: []] += groups.removeValue(forKey: other) ?? []
                }
                guard !others.isEmpty else { continue }
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
