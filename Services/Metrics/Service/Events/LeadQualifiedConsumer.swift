import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// The lead is an MQL.
struct LeadQualifiedConsumer: EventConsumer {
    let kind = EventKind.leadQualified

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let qualified = event.leadQualified
        let number = try transaction.database.see(
            LeadSighting(
                lead: qualified.lead, at: Instant(event.occurredAt), fromScoring: true,
                version: event.agreementVersion))
        try transaction.database.keep(
            LeadStep(lead: number, kind: kind, state: .mql, detail: qualified.trigger), of: event)
    }
}
