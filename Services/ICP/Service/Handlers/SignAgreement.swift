import Contracts
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Signs a version for one side; the second signature puts it in force, now or at its `effective_at`.
    func signAgreement(
        _ request: WireSignAgreementRequest, _ context: RPCContext
    ) async throws -> WireSignAgreementResponse {
        var faults = RequestFaults()
        faults.requireName(request.signer, "signer")
        faults.requireVersion(request.version)
        let named = faults.side(request.side)
        let side = try faults.checked(named)
        return try await store.command(context) { transaction in
            let signed = try AgreementLife(transaction).sign(
                request.version, side: side, signer: request.signer,
                digest: request.digest.isEmpty ? nil : request.digest)
            return try .with { $0.version = try signed.wire() }
        }
    }
}
