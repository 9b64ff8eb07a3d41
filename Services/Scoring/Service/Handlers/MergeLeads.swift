import Contracts
import Hosting
import Platform
import RPC
import Storage

extension ScoringHandlers {
    /// Makes leads one; those that are part of it already stay so. All have to be of partitions that this replica owns.
    func mergeLeads(_ request: WireMergeLeadsRequest, _ context: RPCContext) async throws -> WireMergeLeadsResponse {
        var check = ItemCheck()
        check.id("lead_id", request.leadID)
        check.ids("merged_ids", request.mergedIds)
        check.name("merged_by", request.mergedBy)
        check.length("reason", request.reason, atMost: 2_000)
        try check.require()
        try partitions.require([request.leadID] + request.mergedIds)
        try await library.learnAnyInForce(context)
        return try await store.command(context) { transaction in
            let rules = try library.required(at: transaction.now, transaction.database)
            var intake = Intake(transaction, rules, library)
            let leadID = try intake.merge(request)
            try intake.finish()
            var response = WireMergeLeadsResponse()
            response.lead = try LeadView.find(leadID, rules, at: transaction.now, transaction.database)
                .identified(transaction.database)
            return response
        }
    }
}
