import Hosting
import ICPDomain
import Kernel
import Platform
import Storage

/// Tells which reviews are due and overdue, also what came due while the service was down; each once.
struct ReviewDuty: Duty {
    let name = "section-reviews"
    let interval = Duration.seconds(10)
    let store: Store
    /// Reviews in one transaction.
    private static let limit = 100

    func runOnce() async throws -> Int {
        let now = store.clock.now()
        let (isAnyUntold, lacksBeginning) = try await store.read { database in
            (try ReviewStore.isAnyUntold(at: now, database), try ReviewStore.lacksBeginning(database))
        }
        guard isAnyUntold || lacksBeginning else { return 0 }
        return try await store.write { transaction in
            let begun = lacksBeginning ? try Self.begin(in: transaction) : 0
            return begun + (try ReviewCalendar(transaction).tellDue(limit: Self.limit))
        }
    }

    /// An agreement that an older program put in force has no reviews yet: their first interval began with it.
    private static func begin(in transaction: StoreTransaction) throws -> Int {
        guard let force = try AgreementLife(transaction).inForce(), let since = force.life.effectiveAt,
            try ReviewStore.lacksBeginning(transaction.database)
        else { return 0 }
        try ReviewCalendar(transaction).follow(try force.agreement(), from: since)
        return try ReviewStore.open(transaction.database).count
    }
}
