import Contracts
import RPC
import SwiftProtobuf

extension RoutingHandlers {
    func recordActivity(
        _ request: WireRecordActivityRequest, _ context: RPCContext
    ) async throws -> WireRecordActivityResponse {
        let act = try request.act(ids)
        return try await perform(act, context) { handoff in .with { $0.handoff = handoff } }
    }
}
