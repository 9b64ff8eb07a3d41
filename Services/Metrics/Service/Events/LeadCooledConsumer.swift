import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// Decay, or what it did, took a lead below the threshold: a step of its journey, and no stage.
struct LeadCooledConsumer: EventConsumer {
    let kind = EventKind.leadCooled

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let cooled = event.leadCooled
        let number = try transaction.database.see(
            LeadSighting(
                lead: cooled.lead, at: Instant(event.occurredAt), fromScoring: true,
                version: event.agreementVersion))
        let level = cooled.level.formatted
        transaction.keep(
            LeadStep(lead: number, kind: kind, detail: "Cooled: its score fell below \(level)"), of: event)
    }
}

extension Double {
    /// At most one digit behind the point.
    fileprivate var formatted: String {
        let tenths = (self * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int64(tenths))" : "\(tenths)"
    }
}
