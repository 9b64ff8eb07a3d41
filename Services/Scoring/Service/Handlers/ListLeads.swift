import Contracts
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage

extension ScoringHandlers {
    func listLeads(_ request: WireListLeadsRequest, _ context: RPCContext) async throws -> WireListLeadsResponse {
        let asOf = try asOf(request.hasAsOf, request.asOf)
        let state = try Self.state(request.state)
        let page = try PageCursor(
            request.page, kind: "ListLeads",
            filter: "\(request.state.rawValue) \(request.hasAsOf ? asOf.text : "now")")
        try await library.learnAnyInForce(context)
        return try await store.read { database in
            let rules = try library.required(at: asOf, database)
            let found =
                request.hasAsOf
                ? try LeadQueries.list(after: page.after, state: state, at: asOf, limit: page.limit + 1, database)
                : try LeadQueries.list(after: page.after, state: state, limit: page.limit + 1, database)
            let (shown, next) = page.cut(found) { $0.lead.leadID }
            var response = WireListLeadsResponse()
            response.leads = try shown.map { try LeadView($0, rules, at: asOf, database).record(database) }
            response.nextPageToken = next
            return response
        }
    }

    /// Nil where every state is wanted.
    private static func state(_ wire: WireDemandState) throws -> DemandState? {
        if wire == .unspecified { return nil }
        guard let state = DemandState(wire) else {
            throw RPCError.invalid(
                "state", found: "\(wire)", expected: "inquiry, engaged or mql, as far as scoring knows")
        }
        return state
    }
}
