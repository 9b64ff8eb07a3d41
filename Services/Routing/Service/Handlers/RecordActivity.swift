import Contracts
import Platform
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    /// An activity without an id gets one; only an id, or an idempotency key, makes a retry harmless.
    func recordActivity(
        _ request: WireRecordActivityRequest, _ context: RPCContext
    ) async throws -> WireRecordActivityResponse {
        var faults = request.faults()
        faults.require(
            Activity.kinds.contains(request.kind), "kind", found: request.kind.isEmpty ? "nothing" : request.kind,
            expected: "one of \(Activity.kinds.joined(separator: ", "))")
        if !request.activityID.isEmpty { faults.requireText(request.activityID, "activity_id") }
        try faults.check()
        let id = request.activityID.isEmpty ? ids.next() : request.activityID
        let activity = Activity(id: id, kind: request.kind, note: request.note)
        return try await store.command(context) { transaction in
            let dispatch = Dispatch(transaction, library)
            let sequence = try dispatch.stored(request.handoffID).sequence
            let known = try dispatch.handoffs.handoff(ofActivity: id).map(dispatch.handoffs.goingOn)
            guard known == nil || known == sequence else {
                throw RPCError(.alreadyExists, "activity \(id) belongs to another handoff")
            }
            let handoff = try carryOut(request, .touch(alreadyKnown: known != nil), activity: activity, dispatch)
            return .with { $0.handoff = handoff }
        }
    }
}
