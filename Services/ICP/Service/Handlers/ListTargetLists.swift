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
            var lists: [WireTargetListRevision] = []
            var changes = 0
            for id in ids.prefix(page.limit) {
                guard let list = try TargetListStore.current(id, at: now, withTargets: false, database) else {
                    continue
                }
                changes += list.changes.count
                guard lists.isEmpty || changes <= Limits.changesListed else { break }
                lists.append(list.wire(withTargets: false))
            }
            return .with {
                $0.lists = lists
                if let last = lists.last?.listID, last != ids.last { $0.nextPageToken = page.nextToken(last: last) }
            }
        }
    }
}
