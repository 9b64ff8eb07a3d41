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
        Self.check(request.model, &faults)
        guard faults.violations.isEmpty else { throw RPCError.invalid(faults.violations) }
        return try await reports.read(context) { database, terms in
            let models = AttributionModel.all(agreed: terms.model)
                .filter { request.model.isEmpty || $0.name == request.model }
            let (tallies, currency) = try database.attribution(by: by, period: period, models: models, terms: terms)
            return .with {
                $0.results = tallies.map { WireAttributionResult($0, currency: currency) }
                $0.agreedModel = terms.model.name
            }
        }
    }

    private static func check(_ name: String, _ faults: inout Faults) {
        let known = AttributionModel.allCases.map(\.name)
        if !name.isEmpty, !known.contains(name) {
            faults.add(
                "model", found: name, expected: "one of \(known.joined(separator: " ")), or nothing for all")
        }
    }
}
