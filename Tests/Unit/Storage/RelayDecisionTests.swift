import Contracts
import Kernel
import RPC
import Storage
import SwiftProtobuf
import Testing

@Suite struct RelayDecisionTests {
    private let settings = RelaySettings()

    @Test func blockedKeysAreHeldAndOthersSent() {
        let plan = RelayDecision.plan(
            keys: ["a", "b", "a", "c"], sizes: [1, 1, 1, 1], blocked: ["a"], maxEvents: 2, maxBytes: 100)
        #expect(plan.send == [1, 3])
        #expect(plan.hold == [0, 2])
        #expect(plan.considered == 4)
    }

    @Test func aPlanEndsAtTheFirstEventThatDoesNotFit() {
        let plan = RelayDecision.plan(
            keys: ["a", "b", "c"], sizes: [60, 60, 10], blocked: [], maxEvents: 10, maxBytes: 100)
        #expect(plan.send == [0])
        #expect(plan.considered == 1)
    }

    @Test func resultsThatDoNotMatchAreNoResults() {
        var random = SeededRandom(seed: 1)
        let sent = [RelayDecision.Sent(position: 1, key: "a", eventID: "1", attempts: 0)]
        for results in [[], [WireEventResult.with { $0.eventID = "2" }]] {
            #expect(throws: RPCError.self) {
                try RelayDecision.outcomes(
                    sent, results, now: Instant(seconds: 0), settings: settings, random: &random)
            }
        }
    }

    @Test func heldWithoutAnEarlierFailureIsAFailure() throws {
        var random = SeededRandom(seed: 1)
        let sent = [RelayDecision.Sent(position: 1, key: "a", eventID: "1", attempts: 4)]
        let outcomes = try RelayDecision.outcomes(
            sent,
            [
                .with {
                    $0.eventID = "1"
                    $0.status = .held
                }
            ], now: Instant(seconds: 0), settings: settings, random: &random)
        guard case .parked(5, _) = outcomes[0] else {
            Issue.record("found \(outcomes)")
            return
        }
    }

    @Test func waitsDoubleUpToTheLongestAndVaryByAHalf() {
        let backoff = Backoff(first: TimeSpan(seconds: 1), longest: TimeSpan(seconds: 60))
        var random = SeededRandom(seed: 7)
        for (failures, full) in [(1, 1.0), (2, 2), (4, 8), (7, 60), (100, 60)] {
            for _ in 0..<100 {
                let wait = backoff.wait(failures: failures, random: &random).inSeconds
                #expect(wait <= full && wait >= full / 2)
            }
        }
    }

    @Test func `a full disk is waited for, a message that is too large is not`() {
        let full = RPCError(.resourceExhausted, "storage is full")
        let large = RPCError(.resourceExhausted, "too large", details: [RPCErrorDetail(WireMessageTooLarge())])
        let proxy = RPCError(.unknown, "HTTP status 413", details: [RPCErrorDetail(WireMessageTooLarge())])
        #expect([1, 2].map { RelayDecision.refusal(full, events: $0) } == [.wait, .wait])
        #expect([1, 2].map { RelayDecision.refusal(proxy, events: $0) } == [.fail, .narrow])
        #expect([1, 2].map { RelayDecision.refusal(large, events: $0) } == [.fail, .narrow])
    }
}
