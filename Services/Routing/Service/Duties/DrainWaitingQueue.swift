import Hosting
import RoutingDomain
import Storage

/// Hands out what waits when an absence ends: nobody calls at that moment. All other free capacity is handed out in
/// the transaction that frees it.
struct DrainWaitingQueue: Duty {
    let name = "drain waiting queue"
    let interval = Duration.seconds(15)
    let store: Store
    let library: AgreementLibrary<RoutingRules>

    func runOnce() async throws -> Int {
        guard try await store.read({ try HandoffTable(database: $0).anyoneWaits() }) else { return 0 }
        return try await store.write { transaction in
            try Dispatch(transaction, library).drain(.time, at: transaction.now)
        }
    }
}
