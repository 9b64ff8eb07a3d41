import Contracts
import Hosting
import Storage

/// The rep worked on the lead.
struct HandoffTouchedConsumer: EventConsumer {
    let kind = EventKind.handoffTouched

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let touched = event.handoffTouched
        let number = try transaction.database.number(ofLead: touched.handoff.lead.leadID)
        transaction.keep(
            LeadStep(
                lead: number, kind: kind, handoff: touched.handoff, detail: touched.kind),
            of: event)
    }
}
