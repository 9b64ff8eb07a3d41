import Contracts
import Hosting
import SLADomain
import Storage

/// A rep has the lead: their clocks start, and those of the rep before end.
struct HandoffAssignedConsumer: EventConsumer {
    let kind = EventKind.handoffAssigned
    let desk: HandoffDesk

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.handoffAssigned
        try desk.apply(
            HandoffNews(event, told.handoff, .assigned, score: told.hasScore ? told.score : nil),
            lead: told.handoff.lead, in: transaction)
    }
}
