import Contracts
import MetricsDomain
import RPC
import Storage
import SwiftProtobuf

extension MetricsHandlers {
    func getServiceLevels(
        _ request: WireGetServiceLevelsRequest, _ context: RPCContext
    ) async throws -> WireGetServiceLevelsResponse {
        var faults = Faults()
        let period = ReportPeriod(request.period, faults: &faults)
        let split = ReportDimension.named(
            request.splitBy, of: ReportDimension.ofTimers, path: "split_by", faults: &faults)
        guard faults.violations.isEmpty else { throw RPCError.invalid(faults.violations) }
        return try await store.read { database in
            let levels = try database.serviceLevels(split: split, period: period)
            return .with { $0.rows = levels.map { WireServiceLevelRow($0.level, key: $0.key) } }
        }
    }
}
