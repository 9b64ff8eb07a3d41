import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

@Suite struct HandoffFlowTests {
    @Test func aLeadTravelsFromQualificationToAnSQL() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1", missing: ["touches"])
        let assigned = try await scene.handoff("l-1")
        #expect(assigned.state == .assigned)
        #expect(assigned.repID == "anna")
        #expect(assigned.team == "team-anna")
        #expect(assigned.poolID == "de")
        #expect(assigned.incomplete)
        #expect(assigned.context.score.total == 81)
        #expect(assigned.decisions.map(\.cause) == ["qualified"])
        #expect(assigned.decisions[0].steps.map(\.kind) == ["rule", "pool", "candidate"])
        scene.fixture.clock.advance(by: .hours(1))
        try await scene.accept(assigned)
        scene.fixture.clock.advance(by: .hours(1))
        let touched = try await scene.touch(assigned, "call-1")
        #expect(touched.state == .touched)
        scene.fixture.clock.advance(by: .hours(1))
        let qualified = try await scene.finish(assigned)
        #expect(qualified.state == .qualified)
        let told = try await scene.fixture.told()
        #expect(
            told.compactMap { $0.payload?.kind } == [
                .handoffAssigned, .handoffAccepted, .handoffTouched, .handoffQualified,
            ])
        #expect(told.map(\.key) == ["l-1", "l-1", "l-1", "l-1"])
        #expect(told.map { Instant($0.occurredAt).seconds(since: RoutingScene.start) } == [0, 3_600, 7_200, 10_800])
        #expect(told.map(\.agreementVersion) == [1, 1, 1, 1])
        #expect(told[0].handoffAssigned.rule == "de")
        #expect(told[0].handoffAssigned.score.total == 81)
        #expect(told[0].handoffAssigned.handoff.lead.source == "organic_search")
        #expect(told[2].handoffTouched.first)
        try await scene.expectCountersToEqualARecount()
    }

    @Test func repeatedCommandsChangeAndTellNothing() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        let handoff = try await scene.handoff("l-1")
        for _ in 0..<3 {
            try await scene.accept(handoff)
            try await scene.touch(handoff, "call-1")
        }
        for _ in 0..<3 { try await scene.finish(handoff) }
        #expect(try await scene.fixture.told().count == 4)
        try await scene.expectCountersToEqualARecount()
    }

    @Test func theSameEventTwiceMakesOneHandoff() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        let event = WireEvent.with {
            $0.eventID = "e-1"
            $0.key = "l-1"
            $0.occurredAt = scene.now.wire
            $0.agreementVersion = 1
            $0.payload = RoutingScene.qualified("l-1", country: "DE")
        }
        try await scene.fixture.deliver(event)
        let handoff = try await scene.handoff("l-1")
        #expect(handoff.handoffID == "h-e-1")
        try await scene.reject(handoff, "no_budget")
        try await scene.fixture.deliver(event)
        #expect(try await scene.handoff("l-1").state == .recycled)
        #expect(try await scene.client.listHandoffs(.init()).handoffs.count == 1)
    }

    @Test func aLeadHasOneOpenHandoffAtMostAndQualifyingAgainIsRemembered() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        try await scene.requalify("l-1")
        let first = try await scene.handoff("l-1")
        #expect(first.decisions.count == 2)
        #expect(first.decisions[1].steps.first?.note == "qualified again: its open handoff stays as it is")
        #expect(try await scene.told(.handoffAssigned).count == 1)
        try await scene.reject(first, "spam")
        try await scene.requalify("l-1")
        let second = try await scene.handoff("l-1")
        #expect(second.handoffID != first.handoffID)
        #expect(second.state == .assigned)
        #expect(
            try await scene.client.listHandoffs(.with { $0.leadID = "l-1" }).handoffs.map(\.state) == [
                .closed, .assigned,
            ])
    }

    @Test func aRejectedLeadGoesWhereTheAgreementSays() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.rep("bob")
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        for lead in ["l-1", "l-2", "l-3"] { try await scene.qualify(lead) }
        #expect(try await scene.reject(scene.handoff("l-1"), "no_budget").state == .recycled)
        #expect(try await scene.reject(scene.handoff("l-2"), "spam").state == .closed)
        let passed = try await scene.reject(scene.handoff("l-3"), "region")
        #expect(passed.state == .assigned)
        #expect(passed.repID == "bob")
        #expect(passed.reassignments == 1)
        #expect(passed.reasonCode == "region")
        let told = try await scene.told(.handoffRejected)
        #expect(told.map(\.handoffRejected.then) == ["nurture", "close", "reassign"])
        #expect(told.map(\.handoffRejected.handoff.repID) == ["anna", "bob", "anna"])
        #expect(try await scene.told(.handoffAssigned).last?.handoffAssigned.previousRepID == "anna")
        let again = try await scene.reject(passed, "region", actor: "anna")
        #expect(again.repID == "bob")
        let waits = try await scene.reject(passed, "region")
        #expect(waits.state == .waiting)
        let steps = try await scene.handoff("l-3").decisions.last?.steps ?? []
        #expect(
            steps.filter { $0.kind == "candidate" }.map(\.note).allSatisfy { $0 == "skipped: had this lead before" })
        try await scene.expectCountersToEqualARecount()
    }

    @Test func anUnknownReasonIsRefusedWithTheOnesThereAre() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        let handoff = try await scene.handoff("l-1")
        let error = try await #require(throws: RPCError.self) { try await scene.reject(handoff, "bored") }
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains("no_budget, region, spam"))
        #expect(try await scene.handoff("l-1").state == .assigned)
    }

    @Test func refusalsNameWhatIsWrong() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        let handoff = try await scene.handoff("l-1")
        let stranger = try await #require(throws: RPCError.self) { try await scene.accept(handoff, actor: "eve") }
        #expect(stranger.code == .permissionDenied)
        let early = try await #require(throws: RPCError.self) { try await scene.finish(handoff) }
        #expect(early.code == .failedPrecondition)
        #expect(early.message.contains("assigned"))
        let future = scene.now.adding(.hours(1))
        let tomorrow = try await #require(throws: RPCError.self) { try await scene.accept(handoff, at: future) }
        #expect(tomorrow.code == .invalidArgument)
        let before = try await #require(throws: RPCError.self) {
            try await scene.accept(handoff, at: Instant(seconds: 1_700_000_000))
        }
        #expect(before.code == .invalidArgument)
        let nowhere = try await #require(throws: RPCError.self) {
            try await scene.client.acceptHandoff(.with { $0.handoffID = "h-nowhere" })
        }
        #expect(nowhere.code == .notFound)
        #expect(try await scene.fixture.told().count == 1)
    }

    @Test func anActivityBelongsToOneHandoff() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        try await scene.qualify("l-2")
        let (one, two) = (try await scene.handoff("l-1"), try await scene.handoff("l-2"))
        try await scene.touch(one, "call-1")
        let taken = try await #require(throws: RPCError.self) { try await scene.touch(two, "call-1") }
        #expect(taken.code == .alreadyExists)
        let odd = try await #require(throws: RPCError.self) { try await scene.touch(two, "x", kind: "fax") }
        #expect(odd.code == .invalidArgument)
        try await scene.touch(one, "call-2")
        #expect(try await scene.told(.handoffTouched).map(\.handoffTouched.first) == [true, false])
    }

    @Test func aBreachMovesTheLeadToAnotherRepOnceAndAtTheDeadline() async throws {
        let scene = try RoutingScene()
        for rep in ["anna", "bob", "cleo"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1), ("cleo", 1)])
        try await scene.qualify("l-1")
        let handoff = try await scene.handoff("l-1")
        let deadline = scene.now.adding(.hours(4))
        scene.fixture.clock.advance(by: .hours(6))
        for _ in 0..<3 { try await scene.breach(handoff, at: deadline) }
        let moved = try await scene.handoff("l-1")
        #expect(moved.repID == "bob")
        #expect(Instant(moved.assignedAt) == deadline)
        #expect(moved.reassignments == 1)
        #expect(moved.decisions.map(\.cause) == ["qualified", "timer_breached"])
        let told = try await scene.told(.handoffAssigned)
        #expect(told.count == 2)
        #expect(told.last?.handoffAssigned.previousRepID == "anna")
        #expect(told.last.map { Instant($0.occurredAt) } == deadline)
        try await scene.expectCountersToEqualARecount()
    }

    @Test func aLeadThatNoOneWorksGoesToEachRepOnceAndStaysWithTheLast() async throws {
        let scene = try RoutingScene()
        for rep in ["anna", "bob", "cleo"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1), ("cleo", 1)])
        try await scene.qualify("l-1")
        var holders: [String] = []
        for _ in 0..<6 {
            let handoff = try await scene.handoff("l-1")
            holders.append(handoff.repID)
            scene.fixture.clock.advance(by: .hours(4))
            try await scene.breach(handoff)
        }
        #expect(holders == ["anna", "bob", "cleo", "cleo", "cleo", "cleo"])
        let handoff = try await scene.handoff("l-1")
        #expect(handoff.state == .assigned && handoff.reassignments == 2)
        let steps = try #require(handoff.decisions.last?.steps)
        #expect(steps.filter { $0.kind == "candidate" }.map(\.note) == Array(repeating: steps[1].note, count: 3))
        #expect(steps.last?.note == "no one else is eligible: the lead stays with its rep")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func aBreachThatComesTooLateOrAsksForNothingChangesNothing() async throws {
        let scene = try RoutingScene()
        for rep in ["anna", "bob"] { try await scene.rep(rep) }
        try await scene.pool("de", [("anna", 1), ("bob", 1)])
        try await scene.qualify("l-1")
        let handoff = try await scene.handoff("l-1")
        try await scene.breach(handoff, actions: ["notify_rep", "flag"])
        try await scene.breach(handoff, at: Instant(seconds: 1_700_000_000))
        try await scene.accept(handoff)
        try await scene.breach(handoff)
        try await scene.touch(handoff, "call-1")
        try await scene.breach(handoff, timer: "hello")
        #expect(try await scene.handoff("l-1").repID == "anna")
        #expect(try await scene.told(.handoffAssigned).count == 1)
    }

    @Test func aBreachWithNoOneElseLeavesTheLeadAndATrace() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        try await scene.qualify("l-1")
        try await scene.breach(scene.handoff("l-1"), actions: ["return_to_pool"])
        let handoff = try await scene.handoff("l-1")
        #expect(handoff.repID == "anna")
        #expect(handoff.decisions.map(\.cause) == ["qualified", "timer_breached"])
        #expect(handoff.decisions.last?.steps.last?.note == "no one else is eligible: the lead stays with its rep")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func aListGoesOnWhereItStopped() async throws {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        for lead in 1...5 { try await scene.qualify("l-\(lead)") }
        var seen: [String] = []
        var token = ""
        repeat {
            let page = try await scene.client.listHandoffs(
                .with {
                    $0.page.pageSize = 2
                    $0.page.pageToken = token
                    $0.repID = "anna"
                    $0.state = .assigned
                })
            seen += page.handoffs.map(\.leadID)
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(seen == ["l-1", "l-2", "l-3", "l-4", "l-5"])
        let never = try await #require(throws: RPCError.self) {
            try await scene.client.listHandoffs(.with { $0.state = .rejected })
        }
        #expect(never.code == .invalidArgument)
    }
}
