import Contracts
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Takes back a draft or a proposal. The same person saying the same again changes nothing.
    func withdrawAgreement(
        _ request: WireWithdrawAgreementRequest, _ context: RPCContext
    ) async throws -> WireWithdrawAgreementResponse {
        var faults = RequestFaults()
        faults.requireVersion(request.version)
        faults.requireName(request.withdrawnBy, "withdrawn_by")
        faults.requireComment(request.comment)
        try faults.check()
        return try await store.command(context) { transaction in
            let withdrawn = try AgreementLife(transaction).withdraw(
                request.version,
                VersionClosing(by: request.withdrawnBy, at: transaction.now, comment: request.comment))
            return try .with { $0.version = try withdrawn.wire() }
        }
    }
}
