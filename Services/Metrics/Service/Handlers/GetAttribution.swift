import Contracts
import Kernel
import MetricsDomain
import RPC
import SwiftProtobuf

extension MetricsHandlers {
    func getAttribution(
        _ request: WireGetAttributionRequest, _ context: RPCContext
    ) async throws -> WireGetAttributionResponse {
        var faults = Faults()
        let period = ReportPeriod(request.period, faults: &faults)
        let by = ReportDimension.named(
            request.by.isEmpty ? "channel" : request.by, of: ReportDimension.ofTouches, path: "by", faults: &faults)
        let models = Self.models(request.model, &faults)
        guard faults.violations.isEmpty else { throw RPCError.invalid(faults.violations) }
        return try await reports.read(context) { database, terms in
            let (tallies, currency) = try database.attribution(by: by, period: period, models: models, terms: terms)
            return .with {
                $0.results = tallies.map { WireAttributionResult($0, currency: currency) }
                $0.agreedModel = terms.model.rawValue
            }
        }
    }

    private static func models(_ name: String, _ faults: inout Faults) -> [AttributionModel] {
        if name.isEmpty { return AttributionModel.allCases }
        if let model = AttributionModel(rawValue: name) { return [model] }
        let known = AttributionModel.allCases.map(\.rawValue).joined(separator: " ")
        faults.add("model", found: name, expected: "one of \(known), or nothing for all")
        return []
    }
}
