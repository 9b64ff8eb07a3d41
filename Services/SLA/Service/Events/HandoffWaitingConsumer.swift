import Contracts
import Hosting
import SLADomain
import Storage

/// No one has the lead: where a rep had it, their clocks end, and nobody's run while it waits.
struct HandoffWaitingConsumer: EventConsumer {
    let kind = EventKind.handoffWaiting
    let desk: HandoffDesk

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.handoffWaiting
        try desk.apply(HandoffNews(event, told.handoff), lead: told.handoff.lead, in: transaction)
    }
}
