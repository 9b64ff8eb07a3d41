import Contracts
import Hosting
import Storage

/// A person is to be removed: their handoffs and timers go, and nothing fires any more.
struct LeadErasedConsumer: EventConsumer {
    let kind = EventKind.leadErased
    let erased: ErasedLeads

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        guard let lead = try erased.learn(event, in: transaction) else { return }
        for id in lead.ids { try HandoffStore.erase(lead: id, transaction.database) }
    }
}
