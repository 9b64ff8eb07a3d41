import Contracts
import Hosting
import Kernel
import Storage

/// Keeps the facts of a lead, what it did, and the change of its score.
struct LeadScoredConsumer: EventConsumer {
    let kind = EventKind.leadScored

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let scored = event.leadScored
        let lead = scored.lead
        let at = Instant(event.occurredAt)
        let database = transaction.database
        let number = try database.see(
            LeadSighting(
                lead: lead, at: at, fromScoring: true, version: event.agreementVersion,
                engagedAt: scored.engagements.map { Instant($0.occurredAt) }.min()))
        try database.keep(scored.engagements, of: number, account: lead.accountID, version: event.agreementVersion)
        try database.keep(
            scored.score, before: scored.previousTotal, of: number, at: at, version: event.agreementVersion)
    }
}
