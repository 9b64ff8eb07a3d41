import Contracts
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// All lists, or those in force that name an account, without their targets.
    func listTargetLists(
        _ request: WireListTargetListsRequest, _ context: RPCContext
    ) async throws -> WireListTargetListsResponse {
        let violations = Limits.text(request.accountID, "account_id")
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        let page = try PageCursor(request.page, kind: "ListTargetLists", filter: request.accountID)
        let now = store.clock.now()
        return try await store.read { database in
            let ids: [String]
            if request.accountID.isEmpty {
                ids = try TargetListStore.listIDs(behind: page.after, limit: page.limit + 1, database)
            } else {
                guard let root = try AccountStore.rootID(request.accountID, database) else {
                    throw RPCError(.notFound, "there is no account \(request.accountID)")
                }
                ids = try TargetListStore.listsInForce(naming: root, database).filter { $0 > page.after }
            }
            let (shown, next) = page.cut(ids) { $0 }
            return try .with {
                $0.lists = try shown.compactMap {
                    try TargetListStore.current($0, at: now, withTargets: false, database)?.wire(withTargets: false)
                }
                $0.nextPageToken = next
            }
        }
    }
}
