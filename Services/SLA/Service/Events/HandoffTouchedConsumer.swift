import Contracts
import Hosting
import SLADomain
import Storage

/// A call, a mail, a meeting: the first one counts.
struct HandoffTouchedConsumer: EventConsumer {
    let kind = EventKind.handoffTouched
    let desk: HandoffDesk

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.handoffTouched
        try desk.apply(HandoffNews(event, told.handoff, .touched), lead: told.handoff.lead, in: transaction)
    }
}
