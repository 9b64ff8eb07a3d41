import Contracts
import Hosting
import SLADomain
import Storage

/// The handoff reached its goal: what still runs is void.
struct HandoffQualifiedConsumer: EventConsumer {
    let kind = EventKind.handoffQualified
    let desk: HandoffDesk

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.handoffQualified
        try desk.apply(HandoffNews(event, told.handoff, .qualified), lead: told.handoff.lead, in: transaction)
    }
}
