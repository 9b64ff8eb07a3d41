import Contracts
import Hosting
import Kernel
import RoutingDomain
import Storage

/// Takes a lead from the rep who let its clock run out, where the agreement says so.
struct TimerBreachedConsumer: EventConsumer {
    let kind = EventKind.timerBreached
    let library: AgreementLibrary<RoutingRules>

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let told = event.timerBreached
        guard told.actions.contains("reassign") || told.actions.contains("return_to_pool") else { return }
        let known = try library.version(event.agreementVersion, transaction.database)
        let stops = known?.timerStops[told.timer.rule] ?? RoutingRules.stops(ofTimer: told.timer.rule)
        let breach = Breach(repID: told.timer.repID, at: Instant(event.occurredAt), stops: stops)
        try Dispatch(transaction, library).reassign(told.timer.handoffID, after: breach)
    }
}
