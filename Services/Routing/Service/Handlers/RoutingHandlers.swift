import Contracts
import GRDB
import Hosting
import Kernel
import Platform
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

/// Answers the RPCs; each in a file of its own.
struct RoutingHandlers: WireRoutingServiceHandlers {
    let store: Store
    let ids: any IDSource
    let library: AgreementLibrary<RoutingRules>
    let identities: LeadIdentities

    /// A handoff as callers see it: of the lead that its id means now.
    func shown(_ stored: StoredHandoff, facts: WireLeadFacts, _ database: Database) throws -> WireHandoff {
        var handoff = WireHandoff(stored.handoff, facts)
        handoff.leadID = try identities.rootID(of: stored.handoff.leadID, database)
        guard stored.handoff.reasonCode == Handoff.mergedReason else { return handoff }
        let handoffs = HandoffTable(database: database)
        let other = try handoffs.goingOn(stored.sequence)
        if other != stored.sequence { handoff.mergedInto = try handoffs.find(sequence: other)?.handoff.id ?? "" }
        return handoff
    }

    /// Finds a handoff, does what a person orders, and answers with the handoff as it is then.
    func carryOut(
        _ request: some HandoffRequest, _ command: HandoffCommand, activity: Activity? = nil, _ dispatch: Dispatch
    ) throws -> WireHandoff {
        let stored = try dispatch.stored(request.handoffID)
        let order = HandoffOrder(
            command, actor: request.actor.isEmpty ? nil : request.actor,
            occurredAt: request.hasOccurredAt ? Instant(request.occurredAt) : nil)
        do {
            let (after, facts) = try dispatch.carryOut(order, on: stored, activity: activity)
            return try shown(after, facts: facts, dispatch.transaction.database)
        } catch let refusal as HandoffRefusal {
            throw RPCError(refusal, handoffID: stored.handoff.id)
        }
    }
}

extension Dispatch {
    /// The handoff that an order is for: of one that ended in favour of another, that other.
    func stored(_ handoffID: String) throws -> StoredHandoff {
        guard let stored = try handoffs.find(handoffID) else { throw RPCError.noSuchHandoff(handoffID) }
        guard stored.handoff.reasonCode == Handoff.mergedReason else { return stored }
        return try handoffs.find(sequence: handoffs.goingOn(stored.sequence)) ?? stored
    }
}

/// What the four requests about one handoff have in common.
protocol HandoffRequest {
    var handoffID: String { get }
    var actor: String { get }
    var occurredAt: Google_Protobuf_Timestamp { get }
    var hasOccurredAt: Bool { get }
}

extension HandoffRequest {
    /// The faults that all of them can have.
    func faults() -> Faults {
        var faults = Faults()
        faults.requireText(handoffID, "handoff_id")
        if hasOccurredAt { _ = faults.instant(occurredAt, "occurred_at") }
        return faults
    }
}

extension WireAcceptHandoffRequest: HandoffRequest {}
extension WireRejectHandoffRequest: HandoffRequest {}
extension WireRecordActivityRequest: HandoffRequest {}
extension WireQualifyHandoffRequest: HandoffRequest {}
