import Contracts
import Hosting
import Platform
import Storage

/// A person is to be removed: what reports count of them stays, as that of a lead that is no one's.
struct LeadErasedConsumer: EventConsumer {
    let kind = EventKind.leadErased
    let erased: ErasedLeads
    let ids: any IDSource

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        guard let lead = try erased.learn(event, in: transaction) else { return }
        try transaction.database.anonymise(lead, as: "erased-\(ids.next())")
    }
}
