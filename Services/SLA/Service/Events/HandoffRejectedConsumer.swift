import Contracts
import Hosting
import SLADomain
import Storage

/// Sales gave the lead back. Unless another rep gets it, that also closes the handoff.
struct HandoffRejectedConsumer: EventConsumer {
    let kind = EventKind.handoffRejected
    let desk: HandoffDesk

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.handoffRejected
        var news = HandoffNews(event, told.handoff, .rejected)
        if told.then != "reassign" { news.steps.append(.closed) }
        try desk.apply(news, lead: told.handoff.lead, in: transaction)
    }
}
