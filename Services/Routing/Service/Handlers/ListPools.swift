import Contracts
import RPC
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    func listPools(_ request: WireListPoolsRequest, _ context: RPCContext) async throws -> WireListPoolsResponse {
        let page = try PageCursor(request.page, kind: "ListPools")
        return try await store.read { database in
            let found = try RosterTable(database: database).pools(after: page.after, limit: page.limit + 1)
            let (shown, next) = page.cut(found) { $0.poolID }
            return .with {
                $0.pools = Array(shown)
                $0.nextPageToken = next
            }
        }
    }
}
