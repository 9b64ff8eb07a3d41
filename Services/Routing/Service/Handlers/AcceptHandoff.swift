import Contracts
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    func acceptHandoff(
        _ request: WireAcceptHandoffRequest, _ context: RPCContext
    ) async throws -> WireAcceptHandoffResponse {
        try request.faults().check()
        return try await store.command(context) { transaction in
            let handoff = try carryOut(request, .accept, Dispatch(transaction, library))
            return .with { $0.handoff = handoff }
        }
    }
}
