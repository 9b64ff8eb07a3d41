import Contracts
import Kernel
import MetricsDomain
import RPC
import Storage
import SwiftProtobuf

extension MetricsHandlers {
    /// Deals as they were recorded, in the order of their ids.
    func listOpportunities(
        _ request: WireListOpportunitiesRequest, _ context: RPCContext
    ) async throws -> WireListOpportunitiesResponse {
        var faults = Faults()
        let period = ReportPeriod(request.closed, path: "closed", faults: &faults)
        let outcomes = request.outcomes.enumerated().compactMap { index, outcome in
            let known = Opportunity.Outcome(rawValue: outcome.rawValue)
            if known == nil {
                faults.add(
                    "outcomes[\(index)]", found: "\(outcome)", expected: "OUTCOME_OPEN, OUTCOME_WON or OUTCOME_LOST")
            }
            return known
        }
        guard faults.violations.isEmpty else { throw RPCError.invalid(faults.violations) }
        let wanted = Set(outcomes.isEmpty ? [.open, .won, .lost] : outcomes)
        let filter = "\(wanted.map(\.rawValue).sorted()) \(period.from.microseconds) \(period.to.microseconds)"
        let page = try PageCursor(request.page, kind: "ListOpportunities", filter: filter)
        return try await store.read { database in
            let found = try database.opportunities(
                after: page.after, outcomes: wanted, closed: request.hasClosed ? period : nil, limit: page.limit + 1)
            let (shown, next) = page.cut(found) { $0.id }
            return try .with {
                $0.opportunities = try shown.map { deal in
                    try .with {
                        $0.opportunity = WireOpportunity(deal)
                        if let lead = try database.leadFacts(deal.leadID) { $0.lead = lead }
                    }
                }
                $0.nextPageToken = next
            }
        }
    }
}
