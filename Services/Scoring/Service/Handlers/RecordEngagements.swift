import Contracts
import Hosting
import Platform
import RPC
import Storage

extension ScoringHandlers {
    func recordEngagements(
        _ request: WireRecordEngagementsRequest, _ context: RPCContext
    ) async throws -> WireRecordEngagementsResponse {
        try Self.requireBatch(leads: 0, engagements: request.engagements.count)
        try partitions.require(request.engagements.map(\.leadID))
        let faults = BatchFaults(leads: [], engagements: request.engagements, now: store.clock.now())
        try await library.learnAnyInForce(context)
        return try await store.command(context) { transaction in
            let rules = try library.required(at: transaction.now, transaction.database)
            let results = try take([], request.engagements, faults, rules, in: transaction)
            var response = WireRecordEngagementsResponse()
            response.results = results.engagements
            return response
        }
    }
}
