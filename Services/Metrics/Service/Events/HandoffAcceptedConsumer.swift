import Contracts
import Hosting
import MetricsDomain
import Storage

/// Sales took the lead: it is an SAL.
struct HandoffAcceptedConsumer: EventConsumer {
    let kind = EventKind.handoffAccepted

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let handoff = event.handoffAccepted.handoff
        try transaction.database.keep(
            LeadStep(leadID: handoff.lead.leadID, kind: kind, state: .sal, handoff: handoff), of: event)
    }
}
