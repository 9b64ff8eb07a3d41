import Contracts
import GRDB
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
        let own = scored.engagements.filter { $0.leadID == lead.leadID || $0.leadID.isEmpty }
        let number = try database.see(
            LeadSighting(
                lead: lead, at: at, fromScoring: true, version: event.agreementVersion,
                engagedAt: own.map { Instant($0.occurredAt) }.min(), isNew: scored.created))
        transaction.keep(own, of: number, account: lead.accountID, version: event.agreementVersion)
        if own.count < scored.engagements.count { try keepOfFormerIDs(scored, event, transaction) }
        transaction.keep(
            scored.score, before: scored.previousTotal, of: number, at: at, version: event.agreementVersion)
    }

    /// What came under former ids of a merged lead stays theirs.
    private func keepOfFormerIDs(_ scored: WireLeadScored, _ event: WireEvent, _ transaction: StoreTransaction) throws {
        let (lead, database) = (scored.lead, transaction.database)
        let others = scored.engagements.filter { $0.leadID != lead.leadID && !$0.leadID.isEmpty }
        for (id, engagements) in Dictionary(grouping: others, by: \.leadID).sorted(by: { $0.key < $1.key }) {
            let number = try database.number(ofLead: id)
            transaction.keep(engagements, of: number, account: lead.accountID, version: event.agreementVersion)
            if let first = engagements.map({ Instant($0.occurredAt) }).min() { try database.engage(number, at: first) }
        }
    }
}
