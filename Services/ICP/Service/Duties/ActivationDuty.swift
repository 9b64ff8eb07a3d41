import Hosting
import Platform
import Storage

/// Puts signed versions in force when their moment has come, also when it came while the service was down; the event
/// carries the true moment.
struct ActivationDuty: Duty {
    let name = "agreement-activation"
    let interval = Duration.seconds(1)
    let store: Store

    func runOnce() async throws -> Int {
        let now = store.clock.now()
        guard try await store.read({ try AgreementStore.isAnyDue(at: now, $0) }) else { return 0 }
        return try await store.write { try AgreementLife.activateDue(in: $0) }
    }
}
