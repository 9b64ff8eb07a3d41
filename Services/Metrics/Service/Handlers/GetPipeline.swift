import Contracts
import GRDB
import Kernel
import MetricsDomain
import RPC
import SwiftProtobuf

extension MetricsHandlers {
    func getPipeline(
        _ request: WireGetPipelineRequest, _ context: RPCContext
    ) async throws -> WireGetPipelineResponse {
        var faults = Faults()
        let period = ReportPeriod(request.period, faults: &faults)
        guard faults.violations.isEmpty else { throw RPCError.invalid(faults.violations) }
        return try await reports.read(context) { database, terms in
            let split = try Self.dimension(request.splitBy, database)
            let tally = try database.pipeline(split: split, period: period)
            let currency = try Reports.currency(of: tally.currencies, terms: terms)
            return .with {
                $0.total = WirePipelineRow(tally.total, value: "", currency: currency)
                guard !request.splitBy.isEmpty else { return }
                $0.rows = tally.rows
                    .sorted { ($1.value.opportunities, $0.key) < ($0.value.opportunities, $1.key) }
                    .map { WirePipelineRow($0.value, value: $0.key, currency: currency) }
            }
        }
    }

    /// A dimension of ours, or a key that at least one deal has: a name that no one has is a fault.
    private static func dimension(_ name: String, _ database: Database) throws -> ReportDimension {
        var faults = Faults()
        let own = try database.dealDimensions().map(ReportDimension.ofDeals(key:))
        let split = ReportDimension.named(
            name, of: ReportDimension.ofDeals + own, path: "split_by", faults: &faults)
        guard faults.violations.isEmpty else { throw RPCError.invalid(faults.violations) }
        return split
    }
}
