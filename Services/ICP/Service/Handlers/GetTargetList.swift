import Contracts
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// The revision in force, a revision by number, or the one in force at a moment.
    func getTargetList(
        _ request: WireGetTargetListRequest, _ context: RPCContext
    ) async throws -> WireGetTargetListResponse {
        var violations = Limits.name(request.listID, "list_id")
        if request.revision < 0 || (request.revision > 0 && request.hasAt) {
            violations.append(
                WireFieldViolation(
                    "revision", found: request.hasAt ? "revision and at" : "\(request.revision)",
                    expected: "at most one of revision and at"))
        }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        let now = store.clock.now()
        let found = try await store.read { database in
            if request.revision > 0 {
                try TargetListStore.revision(request.listID, request.revision, database)
            } else if request.hasAt {
                try TargetListStore.inForce(request.listID, at: Instant(request.at), database)
            } else {
                try TargetListStore.current(request.listID, at: now, database)
            }
        }
        guard let found else { throw RPCError(.notFound, Self.absence(request)) }
        return .with { $0.revision = found.wire(withTargets: true) }
    }

    private static func absence(_ request: WireGetTargetListRequest) -> String {
        if request.revision > 0 { return "there is no revision \(request.revision) of the list \(request.listID)" }
        return request.hasAt
            ? "no revision of the list \(request.listID) was in force at \(Instant(request.at).text)"
            : "there is no target list \(request.listID)"
    }
}
