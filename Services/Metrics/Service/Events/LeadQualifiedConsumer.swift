import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// The lead is an MQL, or one again.
struct LeadQualifiedConsumer: EventConsumer {
    /// leadQualified or leadRequalified
    let kind: EventKind

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let qualified = event.qualification
        let number = try transaction.database.see(
            LeadSighting(
                lead: qualified.lead, at: Instant(event.occurredAt), fromScoring: true,
                version: event.agreementVersion))
        transaction.keep(
            LeadStep(lead: number, kind: kind, state: .mql, detail: qualified.trigger), of: event)
    }
}
