import Contracts
import RPC
import Storage
import SwiftProtobuf

extension MetricsHandlers {
    /// What became of each lead, in the order of their ids.
    func listLeadOutcomes(
        _ request: WireListLeadOutcomesRequest, _ context: RPCContext
    ) async throws -> WireListLeadOutcomesResponse {
        let page = try PageCursor(request.page, kind: "ListLeadOutcomes")
        return try await store.read { database in
            let found = try database.leadOutcomes(after: page.after, limit: page.limit + 1)
            let (shown, next) = page.cut(found) { $0.leadID }
            return .with {
                $0.outcomes = Array(shown)
                $0.nextPageToken = next
            }
        }
    }
}
