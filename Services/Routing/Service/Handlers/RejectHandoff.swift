import Contracts
import RPC
import SwiftProtobuf

extension RoutingHandlers {
    func rejectHandoff(
        _ request: WireRejectHandoffRequest, _ context: RPCContext
    ) async throws -> WireRejectHandoffResponse {
        let act = try request.act(ids)
        return try await perform(act, context) { handoff in .with { $0.handoff = handoff } }
    }
}
