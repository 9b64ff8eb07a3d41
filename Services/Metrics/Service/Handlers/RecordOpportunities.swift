import Contracts
import Hosting
import MetricsDomain
import RPC
import Storage
import SwiftProtobuf

extension MetricsHandlers {
    func recordOpportunities(
        _ request: WireRecordOpportunitiesRequest, _ context: RPCContext
    ) async throws -> WireRecordOpportunitiesResponse {
        let items = try BatchItem.parse(request.opportunities, name: "opportunities", id: \.opportunityID) {
            Opportunity($0, path: $1, faults: &$2)
        }
        return try await store.command(context) { transaction in
            try .with {
                $0.results = try BatchItem.results(items) { deal in
                    try erased.refuse(deal.leadID, transaction.database)
                    return try transaction.database.put(deal)
                }
            }
        }
    }
}
