import Contracts
import RPC
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    func listReps(_ request: WireListRepsRequest, _ context: RPCContext) async throws -> WireListRepsResponse {
        let page = try PageCursor(request.page, kind: "ListReps")
        return try await store.read { database in
            let found = try RosterTable(database: database).reps(after: page.after, limit: page.limit + 1)
            let (shown, next) = page.cut(found) { $0.rep.repID }
            return .with {
                $0.reps = Array(shown)
                $0.nextPageToken = next
            }
        }
    }
}
