import Hosting
import Storage

/// Makes the keys by which accounts are found, for accounts that were stored before there were any, or before they were
/// made as they are now.
struct AccountKeyDuty: Duty {
    let name = "account-keys"
    let interval = Duration.seconds(60)
    let store: Store

    func runOnce() async throws -> Int {
        guard try await store.read({ try AccountStore.lacksKeys($0) }) else { return 0 }
        return try await store.write { try AccountStore.makeKeys(atMost: 500, in: $0) }
    }
}
