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
        let records = try await store.read { database in
            try TargetListStore.revisions(
                of: request.listID, below: page.after(as: Int64.self), limit: page.limit + 1, withTargets: false,
                database)
        }
        guard !records.isEmpty || !page.after.isEmpty else {
            throw RPCError(.notFound, "there is no target list \(request.listID)")
        }
        let (shown, next) = page.cut(records) { String($0.revision) }
        return .with {
            $0.revisions = shown.map { $0.wire(withTargets: false) }
            $0.nextPageToken = next
        }
    }
}
