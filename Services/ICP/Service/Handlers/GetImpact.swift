import Contracts
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// What another agreement would mean for the leads that are stored, all judged as of now; stores nothing.
    ///
    /// It asks Scoring and Routing page by page, as long as the caller has time.
    func getImpact(_ request: WireGetImpactRequest, _ context: RPCContext) async throws -> WireGetImpactResponse {
        var faults = RequestFaults()
        let examples = request.hasExamples ? Int(request.examples) : 10
        faults.require((0...100).contains(examples), "examples", found: "\(examples)", expected: "0 to 100")
        let before = faults.reference(request.before, "before")
        let after = faults.reference(request.after, "after")
        faults.require(
            request.after != WireAgreementReference(), "after", found: "nothing",
            expected: "one of version, at, document and agreement")
        try faults.check()
        let pair = try await AgreementPair.find(before, after, in: store)
        let estimate = ImpactEstimate(
            scoring: scoring, routing: routing, pair: pair, asOf: store.clock.now(), context: context)
        let impact = try await estimate.run(examples: examples)
        let changes = pair.changes
        return .with {
            $0.beforeVersion = pair.before?.version ?? 0
            $0.afterVersion = pair.after.version
            $0.changes = changes.map(\.wire)
            $0.impact = impact
            if request.html { $0.html = page.render(pair, changes, impact: impact) }
        }
    }
}
