import Contracts
import Hosting
import MetricsDomain
import Storage

/// Sales validated the buying intent: the lead is an SQL.
struct HandoffQualifiedConsumer: EventConsumer {
    let kind = EventKind.handoffQualified

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let handoff = event.handoffQualified.handoff
        let number = try transaction.database.number(ofLead: handoff.lead.leadID)
        transaction.keep(
            LeadStep(lead: number, kind: kind, state: .sql, handoff: handoff), of: event)
    }
}
