import Contracts
import Hosting
import RPC
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    func getHandoff(_ request: WireGetHandoffRequest, _ context: RPCContext) async throws -> WireGetHandoffResponse {
        guard request.handoffID.isEmpty != request.leadID.isEmpty else {
            throw RPCError.invalid(
                "handoff_id", found: request.handoffID.isEmpty ? "neither id" : "both ids",
                expected: "one of handoff_id and lead_id")
        }
        return try await store.read { database in
            try erased.refuse(request.leadID, database)
            let handoffs = HandoffTable(database: database)
            let found =
                request.leadID.isEmpty
                ? try handoffs.find(request.handoffID)
                : try handoffs.current(leads: identities.ids(of: request.leadID, database))
            guard let found else {
                throw RPCError.noSuchHandoff(
                    request.leadID.isEmpty ? request.handoffID : "of lead \(request.leadID)")
            }
            var handoff = try shown(found, facts: handoffs.facts(found.sequence), database)
            handoff.context = try handoffs.context(found.sequence)
            handoff.decisions = try handoffs.decisions(found.sequence)
            return .with { $0.handoff = handoff }
        }
    }
}
