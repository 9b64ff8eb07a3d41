import Contracts
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// The version in force, a version by number, or the one in force at a moment.
    func getAgreement(
        _ request: WireGetAgreementRequest, _ context: RPCContext
    ) async throws -> WireGetAgreementResponse {
        guard request.version >= 0, request.version == 0 || !request.hasAt else {
            throw RPCError.invalid(
                "version", found: request.hasAt ? "version and at" : "\(request.version)",
                expected: "at most one of version and at")
        }
        let now = store.clock.now()
        let found = try await store.read { database in
            request.version > 0
                ? try AgreementStore.version(request.version, at: now, database)
                : try AgreementStore.inForce(at: request.hasAt ? Instant(request.at) : now, now: now, database)
        }
        guard let found else { throw RPCError(.notFound, Self.absence(request)) }
        return try .with { $0.version = try found.wire() }
    }

    private static func absence(_ request: WireGetAgreementRequest) -> String {
        if request.version > 0 { return "there is no agreement version \(request.version)" }
        return request.hasAt
            ? "no agreement was in force at \(Instant(request.at).text)"
            : "no agreement is in force: propose one and sign it for both sides"
    }
}
