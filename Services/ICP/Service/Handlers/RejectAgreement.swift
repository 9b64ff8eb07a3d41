import Contracts
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Says no for one side, with a reason. The same person saying the same again changes nothing.
    func rejectAgreement(
        _ request: WireRejectAgreementRequest, _ context: RPCContext
    ) async throws -> WireRejectAgreementResponse {
        var faults = RequestFaults()
        faults.requireVersion(request.version)
        let side = faults.side(request.side)
        faults.requireName(request.rejectedBy, "rejected_by")
        faults.require(
            !request.comment.allSatisfy(\.isWhitespace), "comment", found: "nothing", expected: "why it is rejected")
        faults.requireComment(request.comment)
        try faults.check()
        return try await store.command(context) { transaction in
            let rejected = try AgreementLife(transaction).reject(
                request.version,
                VersionClosing(by: request.rejectedBy, side: side, at: transaction.now, comment: request.comment),
                digest: request.digest.isEmpty ? nil : request.digest)
            return try .with { $0.version = try rejected.wire() }
        }
    }
}
