import Contracts
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    /// The reason has to be one of the agreement under which the handoff was made.
    func rejectHandoff(
        _ request: WireRejectHandoffRequest, _ context: RPCContext
    ) async throws -> WireRejectHandoffResponse {
        var faults = request.faults()
        faults.requireText(request.reasonCode, "reason_code")
        try faults.check()
        return try await store.command(context) { transaction in
            let dispatch = Dispatch(transaction, library)
            let version = try dispatch.stored(request.handoffID).handoff.agreementVersion
            let reasons = try dispatch.rules(version).rejectionReasons
            guard let then = reasons[request.reasonCode] else {
                throw Self.unknownReason(request.reasonCode, known: reasons.keys.sorted(), version: version)
            }
            let command = HandoffCommand.reject(code: request.reasonCode, detail: request.reasonDetail, then: then)
            let handoff = try carryOut(request, command, dispatch)
            return .with { $0.handoff = handoff }
        }
    }

    private static func unknownReason(_ code: String, known: [String], version: Int64) -> RPCError {
        let expected =
            known.isEmpty
            ? "no reason: agreement version \(version) names none"
            : "a reason of agreement version \(version): \(known.joined(separator: ", "))"
        return .invalid("reason_code", found: code, expected: expected)
    }
}
