import Contracts
import Hosting
import MetricsDomain
import Storage

/// Sales validated the buying intent: the lead is an SQL.
struct HandoffQualifiedConsumer: EventConsumer {
    let kind = EventKind.handoffQualified

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let handoff = event.handoffQualified.handoff
        try transaction.database.keep(
            LeadStep(leadID: handoff.lead.leadID, kind: kind, state: .sql, handoff: handoff), of: event)
    }
}
