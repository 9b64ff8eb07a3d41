import Contracts
import ICPDomain
import Kernel
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Validates a draft and stores it as the next version, or makes a proposal of a draft that is stored.
    ///
    /// The same content again, while a version with it is open or in force, returns that version: a retry is harmless.
    func proposeAgreement(
        _ request: WireProposeAgreementRequest, _ context: RPCContext
    ) async throws -> WireProposeAgreementResponse {
        let content = try Self.content(of: request)
        let warnings = content?.warnings
        let requestedAt = request.hasEffectiveAt ? Instant(request.effectiveAt) : nil
        return try await store.command(context) { transaction in
            let life = try AgreementLife(transaction)
            let before = try life.inForce()
            let record =
                if let content {
                    try life.propose(
                        content, by: request.proposedBy, comment: request.comment, requestedAt: requestedAt)
                } else {
                    try life.propose(
                        draft: request.draft, by: request.proposedBy, comment: request.comment,
                        requestedAt: requestedAt)
                }
            let changes = AgreementDiff.between(try before?.tree() ?? .map([]), try record.tree())
            return try .with {
                $0.version = try record.wire()
                $0.changes = changes.map(\.wire)
                $0.warnings = warnings ?? AgreementContent.warnings(of: record.document)
            }
        }
    }

    /// What is proposed; nil where it is a stored draft.
    ///
    /// - Throws: `invalid_argument` with every fault of the request, or of the document with its lines.
    private static func content(of request: WireProposeAgreementRequest) throws -> AgreementContent? {
        var faults = RequestFaults()
        let given = [
            request.document.isEmpty ? nil : "document", request.hasAgreement ? "agreement" : nil,
            request.draft == 0 ? nil : "draft",
        ].compactMap { $0 }
        faults.require(
            given.count == 1, "document", found: given.isEmpty ? "nothing" : given.joined(separator: " and "),
            expected: "exactly one of document, agreement and draft")
        faults.requireName(request.proposedBy, "proposed_by")
        faults.requireComment(request.comment)
        if request.draft != 0 { faults.requireVersion(request.draft, "draft") }
        let content =
            given.count == 1 && request.draft == 0
            ? faults.content(
                document: request.document, agreement: request.hasAgreement ? request.agreement : nil)
            : nil
        try faults.check()
        return content
    }
}
