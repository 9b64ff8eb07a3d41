import Contracts
import Hosting
import Platform
import RPC
import Storage

extension ScoringHandlers {
    func getLead(_ request: WireGetLeadRequest, _ context: RPCContext) async throws -> WireGetLeadResponse {
        let leadID = request.hasExternalID ? request.externalID.text : request.leadID
        try partitions.require([leadID])
        let asOf = try asOf(request.hasAsOf, request.asOf)
        try await library.learnAnyInForce(context)
        return try await store.read { database in
            let rules = try library.required(at: asOf, database)
            var response = WireGetLeadResponse()
            response.lead = try LeadView.find(leadID, rules, at: asOf, database).identified(database)
            return response
        }
    }
}
