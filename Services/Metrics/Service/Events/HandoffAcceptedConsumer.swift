import Contracts
import Hosting
import MetricsDomain
import Storage

/// Sales took the lead: it is an SAL.
struct HandoffAcceptedConsumer: EventConsumer {
    let kind = EventKind.handoffAccepted

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let handoff = event.handoffAccepted.handoff
        let number = try transaction.database.number(ofLead: handoff.lead.leadID)
        transaction.keep(
            LeadStep(lead: number, kind: kind, state: .sal, handoff: handoff), of: event)
    }
}
