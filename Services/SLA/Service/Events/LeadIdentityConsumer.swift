import Contracts
import Hosting
import Storage

/// Leads became one, or several again: their timers are found by every id. Clocks follow the handoffs, of which Routing
/// tells.
struct LeadIdentityConsumer: EventConsumer {
    /// leadsMerged or leadsSplit
    let kind: EventKind
    let identities: LeadIdentities

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        _ = try identities.learn(event, in: transaction)
    }
}
