import Contracts
import Hosting
import Storage

/// Answers the RPCs of `icp_service.proto`; each has a file of its own.
struct IcpHandlers: WireIcpServiceHandlers {
    let store: Store
    let tiers: TierLibrary
    let scoring: WireScoringServiceClient
    let routing: WireRoutingServiceClient
    let metrics: WireMetricsServiceClient
    let analysis: AnalysisLimits
    let evaluation: EvaluationLimits
    let page: ChangesPage

    /// Accounts, records or queries in one request.
    static let accountsAtMost = 1_000
}
