import Contracts
import Hosting
import SLADomain
import Storage

/// Sales took the lead.
struct HandoffAcceptedConsumer: EventConsumer {
    let kind = EventKind.handoffAccepted
    let desk: HandoffDesk

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.handoffAccepted
        try desk.apply(HandoffNews(event, told.handoff, .accepted), lead: told.handoff.lead, in: transaction)
    }
}
