import Contracts
import Hosting
import Kernel
import Storage

/// The handoff of a lead that became one with another ended in favour of the other's: its rep has said nothing, and the
/// lead is not theirs any more.
struct HandoffClosedConsumer: EventConsumer {
    let kind = EventKind.handoffClosed

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let closed = event.handoffClosed
        let database = transaction.database
        let number = try database.number(ofLead: closed.handoff.lead.leadID)
        try database.own(number, rep: "", team: "", at: Instant(event.occurredAt))
        transaction.keep(
            LeadStep(lead: number, kind: kind, handoff: closed.handoff, detail: closed.reasonDetail), of: event)
    }
}
