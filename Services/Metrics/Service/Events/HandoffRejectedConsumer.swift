import Contracts
import Hosting
import MetricsDomain
import Storage

/// Sales gave the lead back: it is nurtured, closed or goes to another rep, as the agreement says for the reason.
struct HandoffRejectedConsumer: EventConsumer {
    let kind = EventKind.handoffRejected

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let rejected = event.handoffRejected
        let reason = [rejected.reasonCode, rejected.reasonDetail].filter { !$0.isEmpty }.joined(separator: ": ")
        let number = try transaction.database.number(ofLead: rejected.handoff.lead.leadID)
        transaction.keep(
            LeadStep(
                lead: number, kind: kind, state: Self.state(then: rejected.then),
                handoff: rejected.handoff, detail: reason),
            of: event)
    }

    private static func state(then: String) -> DemandState? {
        switch then {
        case "reassign": nil
        case "close": .disqualified
        default: .nurture
        }
    }
}
