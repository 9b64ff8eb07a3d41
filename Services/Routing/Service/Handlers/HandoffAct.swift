import Contracts
import Kernel
import Platform
import RPC
import RoutingDomain
import SwiftProtobuf

/// What someone did about a handoff, as a request without faults says it.
struct HandoffAct: Sendable {
    enum Kind: Sendable {
        case accept
        case reject(code: String, detail: String)
        case touch(Activity)
        case qualify
    }

    let handoffID: String
    /// Nil where the caller does not say.
    let actor: String?
    /// Nil means now.
    let occurredAt: Instant?
    let kind: Kind
}

/// What the four requests about one handoff have in common.
protocol HandoffRequest: Sendable {
    var handoffID: String { get }
    var actor: String { get }
    var occurredAt: Google_Protobuf_Timestamp { get }
    var hasOccurredAt: Bool { get }

    /// - Parameter path: of the request, with a point behind it where it is part of another one.
    func kind(_ path: String, _ faults: inout Faults, _ ids: any IDSource) -> HandoffAct.Kind
}

extension HandoffRequest {
    /// - Throws: `invalid_argument` with every fault of the request.
    func act(_ ids: any IDSource, path: String = "") throws -> HandoffAct {
        var faults = Faults()
        faults.requireText(handoffID, "\(path)handoff_id")
        let at = hasOccurredAt ? faults.instant(occurredAt, "\(path)occurred_at") : nil
        let kind = kind(path, &faults, ids)
        try faults.check()
        return HandoffAct(handoffID: handoffID, actor: actor.isEmpty ? nil : actor, occurredAt: at, kind: kind)
    }
}

extension WireAcceptHandoffRequest: HandoffRequest {
    func kind(_ path: String, _ faults: inout Faults, _ ids: any IDSource) -> HandoffAct.Kind { .accept }
}

extension WireQualifyHandoffRequest: HandoffRequest {
    func kind(_ path: String, _ faults: inout Faults, _ ids: any IDSource) -> HandoffAct.Kind { .qualify }
}

extension WireRejectHandoffRequest: HandoffRequest {
    func kind(_ path: String, _ faults: inout Faults, _ ids: any IDSource) -> HandoffAct.Kind {
        faults.requireText(reasonCode, "\(path)reason_code")
        return .reject(code: reasonCode, detail: reasonDetail)
    }
}

extension WireRecordActivityRequest: HandoffRequest {
    /// An activity without an id gets one; only an id, or an idempotency key, makes a retry harmless.
    func kind(_ path: String, _ faults: inout Faults, _ ids: any IDSource) -> HandoffAct.Kind {
        faults.require(
            Activity.kinds.contains(kind), "\(path)kind", found: kind.isEmpty ? "nothing" : kind,
            expected: "one of \(Activity.kinds.joined(separator: ", "))")
        if !activityID.isEmpty { faults.requireText(activityID, "\(path)activity_id") }
        return .touch(Activity(id: activityID.isEmpty ? ids.next() : activityID, kind: kind, note: note))
    }
}

extension WireHandoffAct {
    /// The request that it holds, and the name of its field; nil where it holds none.
    var request: (name: String, any HandoffRequest)? {
        switch act {
        case .accept(let request): ("accept", request)
        case .reject(let request): ("reject", request)
        case .activity(let request): ("activity", request)
        case .qualify(let request): ("qualify", request)
        case nil: nil
        }
    }
}
