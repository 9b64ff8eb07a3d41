import Contracts
import Hosting
import Kernel
import MetricsDomain
import RPC
import Storage
import SwiftProtobuf

extension MetricsHandlers {
    func getJourney(_ request: WireGetJourneyRequest, _ context: RPCContext) async throws -> WireGetJourneyResponse {
        let leadID = request.leadID
        guard !leadID.isEmpty else { throw RPCError.invalid("lead_id", found: "nothing", expected: "the id of a lead") }
        return try await store.read { database in
            try erased.refuse(leadID, database)
            let ids = try database.leadIDs(meaning: leadID)
            let facts = try database.leadFacts(leadID)
            let entries = try database.journey(of: leadID)
            guard facts != nil || !entries.isEmpty else { throw RPCError(.notFound, "no lead \(leadID) is known") }
            return .with {
                $0.leadID = ids.first ?? leadID
                $0.formerIds = Array(ids.dropFirst())
                if let facts { $0.lead = facts }
                $0.steps = Journey.arrange(entries).map(WireJourneyStep.init)
            }
        }
    }
}
