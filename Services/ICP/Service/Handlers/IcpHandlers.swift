import Contracts
import Hosting
import Storage

/// Answers the RPCs of `icp_service.proto`; each has a file of its own.
struct IcpHandlers: WireIcpServiceHandlers {
    let store: Store
    let tiers: TierLibrary
    let metrics: WireMetricsServiceClient
    let analysis: AnalysisLimits

    /// Accounts in one request.
    static let accountsAtMost = 1_000
}
