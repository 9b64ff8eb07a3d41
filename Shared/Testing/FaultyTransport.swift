import Kernel
public import RPC
public import SwiftProtobuf
import Synchronization

/// A transport that loses, doubles and delays calls by chance, as networks do. The same seed gives the same faults
/// for the same calls.
public final class FaultyTransport: RPCTransport {
    /// How likely each fault is, 0 to 1; one draw a call decides, so their sum is at most 1.
    public struct Faults: Sendable {
        /// The call never arrives.
        public var lost = 0.1
        /// The call arrives, its answer does not.
        public var answerLost = 0.1
        /// The call arrives twice.
        public var doubled = 0.1
        /// The caller is told that it failed; it arrives later, after calls that were made after it.
        public var late = 0.1

        public init() {}

        public static var none: Faults {
            var faults = Faults()
            (faults.lost, faults.answerLost, faults.doubled, faults.late) = (0, 0, 0, 0)
            return faults
        }
    }

    private struct State {
        var random: SeededRandom
        var faults: Faults
        var late: [@Sendable () async -> Void] = []
        var count = 0
    }

    private enum Fault {
        case none, lost, answerLost, doubled, late
    }

    private let base: any RPCTransport
    private let state: Mutex<State>

    public init(_ base: any RPCTransport, seed: UInt64, faults: Faults = Faults()) {
        self.base = base
        state = Mutex(State(random: SeededRandom(seed: seed), faults: faults))
    }

    /// How many calls met a fault.
    public var faultCount: Int { state.withLock { $0.count } }

    /// Changes what goes wrong from now on.
    public func set(_ faults: Faults) {
        state.withLock { $0.faults = faults }
    }

    public func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        for arrival in dueArrivals() { await arrival() }
        let base = base
        switch draw() {
        case .none:
            return try await base.call(method, request, options)
        case .lost:
            throw RPCError(.unavailable, "the call was lost")
        case .answerLost:
            _ = try await base.call(method, request, options)
            throw RPCError(.unavailable, "the answer was lost")
        case .doubled:
            _ = try await base.call(method, request, options)
            return try await base.call(method, request, options)
        case .late:
            state.withLock { $0.late.append { _ = try? await base.call(method, request, options) } }
            throw RPCError(.deadlineExceeded, "the call is late")
        }
    }

    /// Late calls that arrive now, before the next one: any of them, in any order.
    private func dueArrivals() -> [@Sendable () async -> Void] {
        state.withLock { state in
            state.late.shuffle(using: &state.random)
            let count = state.late.isEmpty ? 0 : Int.random(in: 0...state.late.count, using: &state.random)
            defer { state.late.removeFirst(count) }
            return Array(state.late.prefix(count))
        }
    }

    private func draw() -> Fault {
        state.withLock { state in
            var rest = Double.random(in: 0..<1, using: &state.random)
            let chances: [(Double, Fault)] = [
                (state.faults.lost, .lost), (state.faults.answerLost, .answerLost), (state.faults.doubled, .doubled),
                (state.faults.late, .late),
            ]
            for (chance, fault) in chances {
                if rest < chance {
                    state.count += 1
                    return fault
                }
                rest -= chance
            }
            return .none
        }
    }
}
