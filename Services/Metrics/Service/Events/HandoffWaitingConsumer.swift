import Contracts
import Hosting
import Kernel
import Storage

/// The handoff waits for someone eligible.
struct HandoffWaitingConsumer: EventConsumer {
    let kind = EventKind.handoffWaiting

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let handoff = event.handoffWaiting.handoff
        let number = try transaction.database.see(
            LeadSighting(lead: handoff.lead, at: Instant(event.occurredAt), fromScoring: false))
        transaction.keep(LeadStep(lead: number, kind: kind, handoff: handoff), of: event)
    }
}
