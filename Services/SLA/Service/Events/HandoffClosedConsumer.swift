import Contracts
import Hosting
import SLADomain
import Storage

/// The handoff ended in favour of another one: what still runs on it is void.
struct HandoffClosedConsumer: EventConsumer {
    let kind = EventKind.handoffClosed
    let desk: HandoffDesk

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.handoffClosed
        try desk.apply(HandoffNews(event, told.handoff, .closed), lead: told.handoff.lead, in: transaction)
    }
}
