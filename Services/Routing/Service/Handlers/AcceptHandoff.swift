import Contracts
import RPC
import SwiftProtobuf

extension RoutingHandlers {
    func acceptHandoff(
        _ request: WireAcceptHandoffRequest, _ context: RPCContext
    ) async throws -> WireAcceptHandoffResponse {
        let act = try request.act(ids)
        return try await perform(act, context) { handoff in .with { $0.handoff = handoff } }
    }
}
