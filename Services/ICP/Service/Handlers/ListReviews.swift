import Contracts
import ICPDomain
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Reviews in the order in which they came to be, narrowed by what is given.
    func listReviews(_ request: WireListReviewsRequest, _ context: RPCContext) async throws -> WireListReviewsResponse {
        let status = ReviewStatus(request.status)
        guard status != nil || request.status == .unspecified else {
            throw RPCError.invalid(
                "status", found: "\(request.status)", expected: "upcoming, due, overdue or closed")
        }
        let page = try PageCursor(
            request.page, kind: "ListReviews", filter: "\(request.status.rawValue) \(request.section)")
        let now = store.clock.now()
        let reviews = try await store.read { database in
            try ReviewStore.list(
                status: status, section: request.section, after: page.after(as: Int64.self) ?? 0,
                limit: page.limit + 1, now: now, database)
        }
        let (shown, next) = page.cut(reviews) { String($0.review.id) }
        return .with {
            $0.reviews = shown.map { $0.review.wire(now: now) }
            $0.nextPageToken = next
        }
    }
}
