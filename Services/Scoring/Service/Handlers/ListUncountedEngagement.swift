import Contracts
import Hosting
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    func listUncountedEngagement(
        _ request: WireListUncountedEngagementRequest, _ context: RPCContext
    ) async throws -> WireListUncountedEngagementResponse {
        let reason = UncountedEngagement.Reason(rawValue: request.reason)
        guard reason != nil || request.reason.isEmpty else {
            throw RPCError.invalid("reason", found: request.reason, expected: "late or undeclared")
        }
        let page = try PageCursor(request.page, kind: "ListUncountedEngagement", filter: request.reason)
        // No kind has a line break: what is behind it is the reason.
        let after = page.after.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return try await store.read { database in
            let found = try UncountedQueries.list(
                after: after.first ?? "", after.count > 1 ? after[1] : "", reason: reason, limit: page.limit + 1,
                database)
            let (shown, next) = page.cut(found) { "\($0.kind)\n\($0.reason.rawValue)" }
            return .with {
                $0.engagement = shown.map(WireUncountedEngagement.init)
                $0.nextPageToken = next
            }
        }
    }
}
