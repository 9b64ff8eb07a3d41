import Contracts
import Hosting
import RoutingDomain
import Storage

/// A person is to be removed: their handoffs go, and with them what reps were told and said.
struct LeadErasedConsumer: EventConsumer {
    let kind = EventKind.leadErased
    let library: AgreementLibrary<RoutingRules>
    let erased: ErasedLeads

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        guard let lead = try erased.learn(event, in: transaction) else { return }
        try Dispatch(transaction, library).erase(lead)
    }
}
