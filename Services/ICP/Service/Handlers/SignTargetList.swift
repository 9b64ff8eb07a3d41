import Contracts
import ICPDomain
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Signs a revision for one side; the second signature puts it in force.
    func signTargetList(
        _ request: WireSignTargetListRequest, _ context: RPCContext
    ) async throws -> WireSignTargetListResponse {
        let side = try Self.side(of: request)
        return try await store.command(context) { transaction in
            let database = transaction.database
            guard let record = try TargetListStore.revision(request.listID, request.revision, database) else {
                throw RPCError(.notFound, "there is no revision \(request.revision) of the list \(request.listID)")
            }
            let decision = record.life.sign(
                side: side, signer: request.signer, digest: request.digest.isEmpty ? nil : request.digest,
                now: transaction.now)
            if case .refused(let reason) = decision { throw RPCError(.failedPrecondition, reason) }
            try TargetListStore.apply(decision, to: request.listID, request.revision, in: transaction)
            let signed = try TargetListStore.revision(request.listID, request.revision, database) ?? record
            return .with { $0.revision = signed.wire(withTargets: true) }
        }
    }

    private static func side(of request: WireSignTargetListRequest) throws -> AgreementSide {
        var violations = Limits.name(request.listID, "list_id") + Limits.name(request.signer, "signer")
        if request.revision <= 0 {
            violations.append(
                WireFieldViolation("revision", found: "\(request.revision)", expected: "the number of a revision"))
        }
        let side = AgreementSide(request.side)
        if side == nil {
            violations.append(
                WireFieldViolation("side", found: "\(request.side)", expected: "SIDE_MARKETING or SIDE_SALES"))
        }
        guard let side, violations.isEmpty else { throw RPCError.invalid(violations) }
        return side
    }
}
