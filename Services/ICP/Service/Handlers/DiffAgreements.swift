import Contracts
import ICPDomain
import RPC
import SwiftProtobuf

extension IcpHandlers {
    /// What differs between two agreements, stored or given.
    func diffAgreements(
        _ request: WireDiffAgreementsRequest, _ context: RPCContext
    ) async throws -> WireDiffAgreementsResponse {
        var faults = RequestFaults()
        let before = faults.reference(request.before, "before")
        let after = faults.reference(request.after, "after")
        try faults.check()
        let pair = try await AgreementPair.find(before, after, in: store)
        let changes = pair.changes
        return .with {
            $0.beforeVersion = pair.before?.version ?? 0
            $0.afterVersion = pair.after.version
            $0.changes = changes.map(\.wire)
            $0.text = SectionChanges.text(changes)
            if request.html { $0.html = page.render(pair, changes, impact: nil) }
        }
    }
}
