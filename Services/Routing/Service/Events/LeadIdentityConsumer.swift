import Contracts
import Hosting
import Kernel
import RoutingDomain
import Storage

/// Leads became one, or several again: each has one handoff that goes on.
struct LeadIdentityConsumer: EventConsumer {
    /// leadsMerged or leadsSplit
    let kind: EventKind
    let library: AgreementLibrary<RoutingRules>
    let identities: LeadIdentities

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let dispatch = Dispatch(transaction, library)
        for lead in try identities.learn(event, in: transaction) where !lead.ids.isEmpty {
            try dispatch.reconcile(lead.ids, at: Instant(event.occurredAt))
        }
    }
}
