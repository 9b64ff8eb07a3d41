import Contracts
import RPC
import RoutingDomain
import Storage

extension Dispatch {
    /// What became of a handoff that someone acted on.
    struct Outcome {
        /// As it is now.
        let stored: StoredHandoff
        let lead: WireLeadFacts
        /// Whether it is otherwise than before.
        let isChanged: Bool
    }

    /// Finds a handoff and does what someone did about it.
    ///
    /// - Throws: `not_found`, `invalid_argument`, `already_exists`, `permission_denied` and `failed_precondition`.
    func perform(_ act: HandoffAct) throws -> Outcome {
        let stored = try stored(act.handoffID)
        let order = HandoffOrder(try command(act.kind, on: stored), actor: act.actor, occurredAt: act.occurredAt)
        do {
            guard case .touch(let activity) = act.kind else { return try carryOut(order, on: stored) }
            return try carryOut(order, on: stored, activity: activity)
        } catch let refusal as HandoffRefusal {
            throw RPCError(refusal, handoffID: stored.handoff.id)
        }
    }

    /// The handoff that an act is about: of one that ended in favour of another, that other.
    private func stored(_ handoffID: String) throws -> StoredHandoff {
        guard let stored = try handoffs.find(handoffID) else { throw RPCError.noSuchHandoff(handoffID) }
        guard stored.handoff.reasonCode == Handoff.mergedReason else { return stored }
        return try handoffs.find(sequence: handoffs.goingOn(stored.sequence)) ?? stored
    }

    private func command(_ kind: HandoffAct.Kind, on stored: StoredHandoff) throws -> HandoffCommand {
        switch kind {
        case .accept: return .accept
        case .qualify: return .qualify
        case .touch(let activity):
            let known = try handoffs.handoff(ofActivity: activity.id).map(handoffs.goingOn)
            guard known == nil || known == stored.sequence else {
                throw RPCError(.alreadyExists, "activity \(activity.id) belongs to another handoff")
            }
            return .touch(alreadyKnown: known != nil)
        case .reject(let code, let detail):
            let version = stored.handoff.agreementVersion
            let reasons = try rules(version).rejectionReasons
            guard let then = reasons[code] else {
                throw Self.unknownReason(code, known: reasons.keys.sorted(), version: version)
            }
            return .reject(code: code, detail: detail, then: then)
        }
    }

    /// The reason has to be one of the agreement under which the handoff was made.
    private static func unknownReason(_ code: String, known: [String], version: Int64) -> RPCError {
        let expected =
            known.isEmpty
            ? "no reason: agreement version \(version) names none"
            : "a reason of agreement version \(version): \(known.joined(separator: ", "))"
        return .invalid("reason_code", found: code, expected: expected)
    }
}
