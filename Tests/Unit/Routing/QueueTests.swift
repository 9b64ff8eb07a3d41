import AccordTesting
import Contracts
import GRDB
import Kernel
import Platform
import RPC
import RoutingService
import Storage
import SwiftProtobuf
import Testing

@Suite struct QueueTests {
    @Test func thirtyLeadsOverTwoEqualRepsAreFifteenEach() async throws {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for lead in 1...30 { try await scene.qualify("l-\(lead)") }
        #expect(try await scene.shares() == ["anna": 15, "bob": 15])
    }

    @Test func aRepBackFromLeaveTakesTheirNormalTurn() async throws {
        let scene = try RoutingScene()
        let back = RoutingScene.start.adding(.days(7))
        try await scene.rep("anna", absent: (RoutingScene.start, back))
        try await scene.rep("bob")
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for lead in 1...100 { try await scene.qualify("l-\(lead)") }
        #expect(try await scene.shares() == ["bob": 100])
        scene.fixture.clock.advance(to: back)
        for lead in 101...130 { try await scene.qualify("l-\(lead)") }
        #expect(try await scene.shares() == ["anna": 15, "bob": 115])
    }

    @Test func anInactiveRepIsNeverAssigned() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", active: false)
        try await scene.rep("bob")
        try await scene.pool("de", [("anna", 10), ("bob", 1)])
        for lead in 1...20 { try await scene.qualify("l-\(lead)") }
        #expect(try await scene.shares() == ["bob": 20])
    }

    @Test func capacityIsNeverExceededAndTheQueueMovesTheMomentItIsFree() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 2)
        try await scene.pool("de", [("anna", 1)])
        for lead in 1...5 {
            try await scene.qualify("l-\(lead)")
            scene.fixture.clock.advance(by: .minutes(1))
        }
        let waiting = try await scene.client.listHandoffs(.with { $0.state = .waiting }).handoffs
        #expect(waiting.map(\.leadID) == ["l-3", "l-4", "l-5"])
        #expect(waiting.map(\.poolID) == ["de", "de", "de"])
        #expect(try await scene.told(.handoffWaiting).map(\.key) == ["l-3", "l-4", "l-5"])

        let first = try await scene.handoff("l-1")
        try await scene.accept(first)
        #expect(try await scene.handoff("l-3").state == .waiting)
        try await scene.finish(first)
        let third = try await scene.handoff("l-3")
        #expect(third.state == .assigned)
        #expect(Instant(third.assignedAt) == scene.now)
        #expect(third.decisions.map(\.cause) == ["qualified", "capacity_freed"])
        #expect(try await scene.handoff("l-4").state == .waiting)

        try await scene.reject(scene.handoff("l-2"), "no_budget")
        #expect(try await scene.handoff("l-4").state == .assigned)
        try await scene.expectCountersToEqualARecount()
    }

    @Test func moreCapacityAnActiveRepAndANewMemberAllMoveTheQueue() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna", capacity: 1)
        try await scene.rep("bob", active: false)
        try await scene.rep("cleo")
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for lead in 1...4 { try await scene.qualify("l-\(lead)") }
        try await scene.rep("anna", capacity: 2)
        #expect(try await scene.handoff("l-2").repID == "anna")
        try await scene.rep("bob", capacity: 1, active: true)
        #expect(try await scene.handoff("l-3").repID == "bob")
        try await scene.pool("de", [("anna", 1), ("bob", 1), ("cleo", 1)])
        #expect(try await scene.handoff("l-4").repID == "cleo")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func aLeadLeavesTheQueueWhenAnAbsenceEnds() async throws {
        let scene = try RoutingScene()
        let back = RoutingScene.start.adding(.days(2))
        try await scene.rep("anna", absent: (RoutingScene.start, back))
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        try await scene.fixture.settle()
        #expect(try await scene.handoff("l-1").state == .waiting)
        scene.fixture.clock.advance(to: back)
        try await scene.fixture.settle()
        #expect(try await scene.handoff("l-1").repID == "anna")
    }

    @Test func leadsThatNoOneIsThereForWaitForTheFirstPool() async throws {
        let scene = try RoutingScene()
        try await scene.qualify("l-1")
        try await scene.qualify("l-2", country: "FR")
        #expect(try await scene.client.listHandoffs(.with { $0.state = .waiting }).handoffs.count == 2)
        try await scene.rep("fleur")
        #expect(try await scene.handoff("l-2").repID == "fleur")
        try await scene.rep("bob")
        try await scene.pool("rest", [("bob", 1)])
        #expect(try await scene.handoff("l-1").repID == "bob")
    }

    @Test func aRepNamedByARuleGetsWhatWaitsForThem() async throws {
        let scene = try RoutingScene()
        try await scene.rep("fleur", capacity: 1)
        try await scene.qualify("l-1", country: "FR")
        try await scene.qualify("l-2", country: "FR")
        #expect(try await scene.handoff("l-2").state == .waiting)
        try await scene.reject(scene.handoff("l-1"), "spam")
        #expect(try await scene.handoff("l-2").repID == "fleur")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func `what waits in an older store has waited since it came to be, or was last rejected`() async throws {
        let older = try #require(RoutingService.migrations.firstIndex { $0.name == "routing-6" })
        let start = RoutingScene.start
        let folder = try await SchemaHistory.folder(RoutingService.self, migrations: older) { transaction in
            for number in 1...2 as ClosedRange<Int64> {
                try transaction.database.run(
                    """
                    INSERT INTO handoff (sequence, handoff_id, lead_id, partition, state, queue, team, pool_id,
                        agreement_version, created_at, touched_by_rep, reason_code, reason_detail, incomplete,
                        reassignments)
                    VALUES (?1, 'h-' || ?1, 'l-' || ?1, 0, 'waiting', 'pool:de', '', 'de', 1, ?2, 0, '', '', 0, 0)
                    """, [.integer(number), .instant(start)])
            }
            try transaction.database.run(
                "INSERT INTO handoff_rejection VALUES (2, 1, 'anna', 'region', '', ?)",
                [.instant(start.adding(.hours(1)))])
        }
        let fixture = try ServiceFixture(RoutingService.self, start: start.adding(.days(1)), folder: folder)
        let since = try await fixture.store.read { database in
            try Int64.fetchAll(database, sql: "SELECT waiting_since FROM handoff ORDER BY sequence")
        }
        #expect(since == [start, start.adding(.hours(1))].map(\.microseconds))
    }

    @Test func batchesAnswerForEachItem() async throws {
        let scene = try RoutingScene()
        let reps = try await scene.client.upsertReps(
            .with {
                $0.reps = [
                    .with { $0.repID = "anna" },
                    .with { $0.capacity = -1 },
                    .with { $0.repID = "anna" },
                    .with {
                        $0.repID = "anna"
                        $0.team = "dach"
                    },
                ]
            }
        ).results
        #expect(reps.map(\.status) == [.created, .failed, .unchanged, .updated])
        #expect(reps[1].error.violations.map(\.path) == ["reps[1].rep_id", "reps[1].capacity"])
        let pools = try await scene.client.upsertPools(
            .with {
                $0.pools = [
                    .with {
                        $0.poolID = "de"
                        $0.members = [.with { $0.repID = "anna" }]
                    },
                    .with {
                        $0.poolID = "fr"
                        $0.members = [.with { $0.repID = "nobody" }]
                    },
                ]
            }
        ).results
        #expect(pools.map(\.status) == [.created, .failed])
        #expect(try await scene.client.listPools(.init()).pools.map(\.poolID) == ["de"])
        #expect(try await scene.client.listReps(.init()).reps.map(\.rep.team) == ["dach"])
    }

    /// No lead is lost, no rep is overloaded, and the counters are a recount, whatever people do in whatever order.
    @Test(arguments: UInt64(1)...6)
    func whateverHappensNoLeadIsLost(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let scene = try RoutingScene()
        let reps = ["anna", "bob", "cleo"]
        for rep in reps { try await scene.rep(rep, capacity: 3) }
        try await scene.pool("de", [("anna", 2), ("bob", 3), ("cleo", 1)])
        try await scene.pool("rest", [("cleo", 1)])
        var leads: [String] = []
        for step in 0..<150 {
            scene.fixture.clock.advance(by: .minutes(7))
            let comment: Comment = "seed \(seed), step \(step)"
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3:
                leads.append("l-\(step)")
                try await scene.qualify("l-\(step)", country: Bool.random(using: &random) ? "DE" : "IT")
            case 4:
                guard let rep = reps.randomElement(using: &random) else { continue }
                let active = Int.random(in: 0..<4, using: &random) > 0
                let until = scene.now.adding(.hours(Int64.random(in: 1...5, using: &random)))
                let absent = Bool.random(using: &random) ? (scene.now, until) : nil
                try await scene.rep(
                    rep, capacity: Int32.random(in: 1...4, using: &random), active: active, absent: absent)
            case 5: try await scene.fixture.settle()
            default:
                guard let lead = leads.randomElement(using: &random) else { continue }
                let handoff = try await scene.handoff(lead)
                guard [.assigned, .accepted, .touched].contains(handoff.state) else { continue }
                try await act(on: handoff, in: scene, step, &random)
            }
            try await scene.expectCountersToEqualARecount(comment)
        }
        let all = try await scene.client.listHandoffs(.with { $0.page.pageSize = 1_000 }).handoffs
        #expect(all.map(\.leadID) == leads, "seed \(seed)")
        for handoff in all { #expect((handoff.state == .waiting) == handoff.repID.isEmpty, "seed \(seed)") }
    }

    private func act(
        on handoff: WireHandoff, in scene: RoutingScene, _ step: Int, _ random: inout SeededRandom
    ) async throws {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: try await scene.reject(handoff, "no_budget")
        case 1: try await scene.reject(handoff, "region")
        case 2: try await scene.breach(handoff)
        case 3: try await scene.touch(handoff, "activity-\(step)")
        case 4: try await scene.accept(handoff)
        default: if handoff.state != .assigned { try await scene.finish(handoff) }
        }
    }
}
