import Contracts
import MetricsDomain
import RPC
import SwiftProtobuf

extension MetricsHandlers {
    func getFunnel(_ request: WireGetFunnelRequest, _ context: RPCContext) async throws -> WireGetFunnelResponse {
        var faults = Faults()
        let period = ReportPeriod(request.period, faults: &faults)
        let split = ReportDimension.named(
            request.splitBy, of: ReportDimension.ofLeads, path: "split_by", faults: &faults)
        if case .UNRECOGNIZED(let number) = request.basis {
            faults.add("basis", found: "\(number)", expected: "BASIS_PERIOD or BASIS_COHORT")
        }
        guard faults.violations.isEmpty else { throw RPCError.invalid(faults.violations) }
        let basis = request.basis == .cohort ? ReportBasis.cohort : .period
        return try await reports.read(context) { database, _ in
            let tally = try database.funnel(split: split, basis: basis, period: period)
            let anomalies = try database.funnelAnomalies(basis: basis, period: period)
            return .with {
                $0.total = WireFunnelRow(tally.total, value: "")
                if !request.splitBy.isEmpty { $0.rows = tally.rows.map { WireFunnelRow($0.slice, value: $0.value) } }
                $0.anomalies = anomalies.map(\.wire)
            }
        }
    }
}

extension FunnelAnomaly {
    fileprivate var wire: WireAnomaly {
        .with {
            $0.kind = kind
            $0.leadID = leadID
            $0.opportunityID = opportunityID
            $0.description_p = description
        }
    }
}
