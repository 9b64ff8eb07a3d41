import Contracts
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    func qualifyHandoff(
        _ request: WireQualifyHandoffRequest, _ context: RPCContext
    ) async throws -> WireQualifyHandoffResponse {
        try request.faults().check()
        return try await store.command(context) { transaction in
            let handoff = try carryOut(request, .qualify, Dispatch(transaction, library))
            return .with { $0.handoff = handoff }
        }
    }
}
