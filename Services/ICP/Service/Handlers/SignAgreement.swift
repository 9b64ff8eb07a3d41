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
        let side = try Self.side(of: request)
        return try await store.command(context) { transaction in
            try AgreementStore.activateDue(in: transaction)
            guard let record = try AgreementStore.version(request.version, transaction.database) else {
                throw RPCError(.notFound, "there is no agreement version \(request.version)")
            }
            let decision = record.life.sign(
                side: side, signer: request.signer, digest: request.digest.isEmpty ? nil : request.digest,
                now: transaction.now)
            if case .refused(let refusal) = decision { throw RPCError(.failedPrecondition, refusal.text) }
            try AgreementStore.apply(decision, to: record.life.version, in: transaction)
            try AgreementStore.activateDue(in: transaction)
            let signed = try AgreementStore.version(request.version, transaction.database) ?? record
            return try .with { $0.version = try signed.wire(now: transaction.now) }
        }
    }

    private static func side(of request: WireSignAgreementRequest) throws -> AgreementSide {
        var violations = Limits.name(request.signer, "signer")
        if request.version <= 0 {
            violations.append(
                WireFieldViolation("version", found: "\(request.version)", expected: "the number of a version"))
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
