import Contracts
import RPC
import SwiftProtobuf

/// Closed deals as Metrics has them.
enum ClosedDeals {
    private static let pageSize: Int32 = 1_000

    /// All deals closed in a period, page by page.
    ///
    /// - Throws: `resource_exhausted` where there are more than may be looked at in one call.
    static func fetch(
        _ period: WirePeriod?, _ metrics: WireMetricsServiceClient, _ context: RPCContext, atMost: Int
    ) async throws -> [WireRecordedOpportunity] {
        var deals: [WireRecordedOpportunity] = []
        var token = ""
        repeat {
            let page = try await metrics.listOpportunities(
                .with {
                    $0.outcomes = [.won, .lost]
                    $0.page.pageSize = pageSize
                    $0.page.pageToken = token
                    if let period { $0.closed = period }
                }, CallOptions(parent: context))
            deals += page.opportunities
            token = page.nextPageToken
            guard deals.count <= atMost else {
                throw RPCError(
                    .resourceExhausted,
                    "there are more than \(atMost) closed deals: name a shorter period, or raise analysis-deals")
            }
        } while !token.isEmpty
        return deals
    }
}
