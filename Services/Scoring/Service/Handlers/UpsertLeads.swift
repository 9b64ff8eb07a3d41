import Contracts
import Hosting
import Platform
import RPC
import Storage

extension ScoringHandlers {
    func upsertLeads(
        _ request: WireUpsertLeadsRequest, _ context: RPCContext
    ) async throws -> WireUpsertLeadsResponse {
        try Self.requireBatch(leads: request.leads.count, engagements: request.engagements.count)
        try partitions.require(request.leads.map(\.leadID) + request.engagements.map(\.leadID))
        let faults = BatchFaults(leads: request.leads, engagements: request.engagements, now: store.clock.now())
        try await library.learnAnyInForce(context)
        return try await store.command(context) { transaction in
            let rules = try library.required(at: transaction.now, transaction.database)
            let results = try Self.take(request.leads, request.engagements, faults, rules, in: transaction)
            var response = WireUpsertLeadsResponse()
            response.results = results.leads
            response.engagementResults = results.engagements
            return response
        }
    }
}
