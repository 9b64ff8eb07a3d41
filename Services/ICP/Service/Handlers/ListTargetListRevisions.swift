import Contracts
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// The revisions of a list with their changes and signatures, newest first.
    func listTargetListRevisions(
        _ request: WireListTargetListRevisionsRequest, _ context: RPCContext
    ) async throws -> WireListTargetListRevisionsResponse {
        let violations = Limits.name(request.listID, "list_id")
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        let page = try PageCursor(request.page, kind: "ListTargetListRevisions", filter: request.listID)
        let (records, hasMore) = try await store.read { database in
            try TargetListStore.history(
                of: request.listID, below: page.after(as: Int64.self), limit: page.limit,
                changes: Limits.changesListed, database)
        }
        guard !records.isEmpty || !page.after.isEmpty else {
            throw RPCError(.notFound, "there is no target list \(request.listID)")
        }
        return .with {
            $0.revisions = records.map { $0.wire(withTargets: false) }
            if hasMore, let last = records.last { $0.nextPageToken = page.nextToken(last: "\(last.revision)") }
        }
    }
}
