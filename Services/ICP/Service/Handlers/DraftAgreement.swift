import Contracts
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Validates an agreement and keeps it as a version that no one can sign yet; the same content again finds it.
    func draftAgreement(
        _ request: WireDraftAgreementRequest, _ context: RPCContext
    ) async throws -> WireDraftAgreementResponse {
        var faults = RequestFaults()
        faults.require(
            request.document.isEmpty == request.hasAgreement, "document",
            found: request.hasAgreement ? "document and agreement" : "nothing",
            expected: "exactly one of document and agreement")
        faults.requireName(request.draftedBy, "drafted_by")
        faults.requireComment(request.comment)
        let content =
            request.document.isEmpty == request.hasAgreement
            ? faults.content(
                document: request.document, agreement: request.hasAgreement ? request.agreement : nil)
            : nil
        let checked = try faults.checked(content)
        return try await store.command(context) { transaction in
            let life = try AgreementLife(transaction)
            let before = try life.inForce()?.tree() ?? .map([])
            let record = try life.draft(checked, by: request.draftedBy, comment: request.comment)
            return try .with {
                $0.version = try record.wire()
                $0.changes = AgreementDiff.between(before, checked.tree).map(\.wire)
            }
        }
    }
}
