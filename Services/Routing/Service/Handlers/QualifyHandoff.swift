import Contracts
import RPC
import SwiftProtobuf

extension RoutingHandlers {
    func qualifyHandoff(
        _ request: WireQualifyHandoffRequest, _ context: RPCContext
    ) async throws -> WireQualifyHandoffResponse {
        let act = try request.act(ids)
        return try await perform(act, context) { handoff in .with { $0.handoff = handoff } }
    }
}
