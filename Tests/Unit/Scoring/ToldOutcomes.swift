import Contracts
import RPC
import SwiftProtobuf
import Synchronization

/// What became of leads, as a stub of Metrics tells it, page by page.
final class ToldOutcomes: Sendable {
    let known = Mutex<[WireLeadOutcome]>([])

    var route: RPCRoute {
        RPCRoute(WireMetricsServiceMethods.listLeadOutcomes) { [self] request, _ in
            let known = known.withLock { $0 }
            let from = Int(request.page.pageToken) ?? 0
            let page = known.dropFirst(from).prefix(250)
            return .with {
                $0.outcomes = Array(page)
                $0.nextPageToken = from + page.count < known.count ? "\(from + page.count)" : ""
            }
        }
    }
}
