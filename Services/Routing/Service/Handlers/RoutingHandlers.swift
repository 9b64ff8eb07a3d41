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
    let erased: ErasedLeads

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

    /// Does what someone did about a handoff, and answers with the handoff as it is then.
    func perform<Response: Message>(
        _ act: HandoffAct, _ context: RPCContext, _ answer: @escaping @Sendable (WireHandoff) -> Response
    ) async throws -> Response {
        try await store.command(context) { transaction in
            let outcome = try Dispatch(transaction, library).perform(act)
            return answer(try shown(outcome.stored, facts: outcome.lead, transaction.database))
        }
    }
}
