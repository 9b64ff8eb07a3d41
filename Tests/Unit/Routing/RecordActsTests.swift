import AccordTesting
import Contracts
import Kernel
import RPC
import SwiftProtobuf
import Testing

@Suite struct RecordActsTests {
    @Test func actsSeeWhatThoseBeforeThemDidAndAreToldInTheirOrder() async throws {
        let (scene, handoffs) = try await Self.scene(leads: 2)
        let acts = [
            Self.accept(handoffs[0]), Self.accept(handoffs[1]), Self.touch(handoffs[0]), Self.qualify(handoffs[0]),
        ]
        let results = try await scene.client.recordActs(.with { $0.acts = acts }).results
        #expect(results.map(\.status) == [.updated, .updated, .updated, .updated])
        #expect(results.map(\.index) == [0, 1, 2, 3])
        #expect(results.map(\.id) == [0, 1, 0, 0].map { handoffs[$0].handoffID })
        #expect(try await scene.handoff("l-0").state == .qualified)
        #expect(try await scene.handoff("l-1").state == .accepted)
        let told = try await scene.fixture.told().filter { $0.payload?.kind != .handoffAssigned }
        #expect(
            told.compactMap { $0.payload?.kind } == [
                .handoffAccepted, .handoffAccepted, .handoffTouched, .handoffQualified,
            ])
        #expect(told.map(\.key) == ["l-0", "l-1", "l-0", "l-0"])
        try await scene.expectCountersToEqualARecount()
    }

    @Test func theSameActsAgainAreUnchangedAndTellNothing() async throws {
        let (scene, handoffs) = try await Self.scene(leads: 1)
        let acts = [Self.accept(handoffs[0]), Self.touch(handoffs[0]), Self.qualify(handoffs[0])]
        _ = try await scene.client.recordActs(.with { $0.acts = acts })
        let told = try await scene.fixture.told().count
        let again = try await scene.client.recordActs(.with { $0.acts = acts }).results
        #expect(again.map(\.status) == [.unchanged, .unchanged, .unchanged])
        #expect(try await scene.fixture.told().count == told)
    }

    @Test func refusedActsFailAloneAsTheCallsOfTheirOwnWould() async throws {
        let (scene, handoffs) = try await Self.scene(leads: 2)
        let unknown = WireHandoff.with { $0.handoffID = "none" }
        let results = try await scene.client.recordActs(
            .with {
                $0.acts = [
                    Self.accept(handoffs[0], by: "someone"), Self.qualify(handoffs[0]), Self.accept(unknown),
                    .with { $0.reject = .with { $0.handoffID = handoffs[0].handoffID } }, WireHandoffAct(),
                    Self.accept(handoffs[1]),
                ]
            }
        ).results
        #expect(results.map(\.status) == [.failed, .failed, .failed, .failed, .failed, .updated])
        #expect(
            results.prefix(5).map(\.error.code) == [
                "permission_denied", "failed_precondition", "not_found", "invalid_argument", "invalid_argument",
            ])
        #expect(results[3].error.violations.map(\.path) == ["acts[3].reject.reason_code"])
        #expect(results[4].error.violations.map(\.path) == ["acts[4]"])
        #expect(try await scene.handoff("l-0").state == .assigned)
        #expect(try await scene.told(.handoffAccepted).map(\.key) == ["l-1"])
    }

    @Test func anActThatFailsHalfwayIsUndoneAlone() async throws {
        let (scene, handoffs) = try await Self.scene(leads: 3)
        let endless = WireHandoffAct.with {
            $0.reject = .with {
                $0.handoffID = handoffs[1].handoffID
                $0.reasonCode = "no_budget"
                $0.reasonDetail = String(repeating: "x", count: 1 << 20)
            }
        }
        let results = try await scene.client.recordActs(
            .with { $0.acts = [Self.accept(handoffs[0]), endless, Self.accept(handoffs[2])] }
        ).results
        #expect(results.map(\.status) == [.updated, .failed, .updated])
        #expect(results[1].error.code == "resource_exhausted")
        #expect(try await scene.told(.handoffAccepted).map(\.key) == ["l-0", "l-2"])
        #expect(try await scene.accept(handoffs[1]).state == .accepted)
        #expect(try await scene.reject(handoffs[1], "no_budget").reasonDetail == "said so")
        try await scene.expectCountersToEqualARecount()
    }

    @Test func aBatchBeyondTheLimitIsRefused() async throws {
        let (scene, handoffs) = try await Self.scene(leads: 1)
        let acts = Array(repeating: Self.accept(handoffs[0]), count: 1_001)
        await #expect { try await scene.client.recordActs(.with { $0.acts = acts }) } throws: {
            ($0 as? RPCError)?.code == .invalidArgument
        }
        #expect(try await scene.handoff("l-0").state == .assigned)
    }

    // MARK: - The scene

    private static func scene(leads: Int) async throws -> (RoutingScene, [WireHandoff]) {
        let scene = try RoutingScene()
        try await scene.rep("anna")
        try await scene.pool("de", [("anna", 1)])
        var handoffs: [WireHandoff] = []
        for number in 0..<leads {
            try await scene.qualify("l-\(number)")
            handoffs.append(try await scene.handoff("l-\(number)"))
        }
        return (scene, handoffs)
    }

    private static func accept(_ handoff: WireHandoff, by actor: String = "") -> WireHandoffAct {
        .with {
            $0.accept = .with {
                $0.handoffID = handoff.handoffID
                $0.actor = actor
            }
        }
    }

    private static func touch(_ handoff: WireHandoff) -> WireHandoffAct {
        .with {
            $0.activity = .with {
                $0.handoffID = handoff.handoffID
                $0.kind = "call"
                $0.activityID = "call-\(handoff.handoffID)"
            }
        }
    }

    private static func qualify(_ handoff: WireHandoff) -> WireHandoffAct {
        .with { $0.qualify = .with { $0.handoffID = handoff.handoffID } }
    }
}
