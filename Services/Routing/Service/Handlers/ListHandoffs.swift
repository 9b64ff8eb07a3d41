import Contracts
import Hosting
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    func listHandoffs(
        _ request: WireListHandoffsRequest, _ context: RPCContext
    ) async throws -> WireListHandoffsResponse {
        let page = try PageCursor(
            request.page, kind: "ListHandoffs",
            filter: "\(request.state.rawValue)\u{1F}\(request.repID)\u{1F}\(request.leadID)")
        let state = try Self.resting(request.state)
        return try await store.read { database in
            let table = HandoffTable(database: database)
            let leadIDs = request.leadID.isEmpty ? [] : try identities.ids(of: request.leadID, database)
            let found = try table.list(
                state: state, repID: request.repID, leadIDs: leadIDs, after: page.after(as: Int64.self) ?? 0,
                limit: page.limit + 1)
            let (rows, next) = page.cut(found) { String($0.sequence) }
            return try .with {
                $0.handoffs = try rows.map { try shown($0, facts: table.facts($0.sequence), database) }
                $0.nextPageToken = next
            }
        }
    }

    /// The state to narrow by; a handoff never rests as rejected.
    private static func resting(_ wire: WireHandoffState) throws -> HandoffState? {
        if wire == .unspecified { return nil }
        guard let state = HandoffState(wire), state != .rejected else {
            throw RPCError.invalid(
                "state", found: "\(wire)",
                expected: "a state in which handoffs rest: a rejected one is recycled, closed, assigned or waiting")
        }
        return state
    }
}
