import Contracts
import Hosting
import Storage

/// Answers the RPCs; each has a file of its own.
struct MetricsHandlers: WireMetricsServiceHandlers {
    let store: Store
    let reports: Reports
    let erased: ErasedLeads

    /// The most items of one batch.
    static let batchLimit = 10_000
}
