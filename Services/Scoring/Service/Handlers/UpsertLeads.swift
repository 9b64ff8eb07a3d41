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
        let request = request.named
        try partitions.require(request.leads.map(\.leadID) + request.engagements.map(\.leadID))
        let faults = BatchFaults(leads: request.leads, engagements: request.engagements, now: store.clock.now())
        try await library.learnAnyInForce(context)
        return try await store.command(context) { transaction in
            let rules = try library.required(at: transaction.now, transaction.database)
            let results = try take(request.leads, request.engagements, faults, rules, in: transaction)
            var response = WireUpsertLeadsResponse()
            response.results = results.leads
            response.engagementResults = results.engagements
            return response
        }
    }
}

extension WireUpsertLeadsRequest {
    /// The same where a lead without an id of its own has that of another system, such as `hubspot:42`.
    fileprivate var named: WireUpsertLeadsRequest {
        guard leads.contains(where: { $0.leadID.isEmpty && !$0.externalIds.isEmpty }) else { return self }
        var request = self
        for index in leads.indices where leads[index].leadID.isEmpty {
            request.leads[index].leadID = leads[index].externalIds.first?.text ?? ""
        }
        return request
    }
}
