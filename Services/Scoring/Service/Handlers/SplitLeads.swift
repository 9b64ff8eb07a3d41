import Contracts
import Hosting
import Platform
import RPC
import Storage

extension ScoringHandlers {
    func splitLeads(_ request: WireSplitLeadsRequest, _ context: RPCContext) async throws -> WireSplitLeadsResponse {
        var check = ItemCheck()
        check.ids("lead_ids", request.leadIds)
        check.name("split_by", request.splitBy)
        check.length("reason", request.reason, atMost: 2_000)
        try check.require()
        try partitions.require(request.leadIds)
        try await library.learnAnyInForce(context)
        return try await store.command(context) { transaction in
            let rules = try library.required(at: transaction.now, transaction.database)
            let ids = try LeadSplitting(intake: Intake(transaction, rules, library), request: request).run()
            var response = WireSplitLeadsResponse()
            response.leads = try ids.map {
                try LeadView.find($0, rules, at: transaction.now, transaction.database)
                    .identified(transaction.database)
            }
            return response
        }
    }
}
