import Contracts
import Hosting
import Kernel
import Storage

/// The lead has an owner, or another one.
struct HandoffAssignedConsumer: EventConsumer {
    let kind = EventKind.handoffAssigned

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let assigned = event.handoffAssigned
        let handoff = assigned.handoff
        let at = Instant(event.occurredAt)
        let database = transaction.database
        let number = try database.see(LeadSighting(lead: handoff.lead, at: at, fromScoring: false))
        try database.own(number, rep: handoff.repID, team: handoff.team, at: at)
        transaction.keep(
            LeadStep(
                lead: number, kind: kind, handoff: handoff,
                detail: Self.detail(assigned)),
            of: event)
    }

    private static func detail(_ assigned: WireHandoffAssigned) -> String {
        if assigned.cause == "leads_split" { return "again, its lead being one of its own" }
        let by = assigned.rule.isEmpty ? "by the fallback pool" : "by rule \(assigned.rule)"
        return assigned.previousRepID.isEmpty ? by : "from \(assigned.previousRepID) \(by)"
    }
}
