import Hosting
import Kernel
import Platform
import ScoringDomain
import Storage

/// Notices that leads have cooled when nothing else happens to them: each once, at its computed time, also what came due
/// while the service was down.
///
/// A lead to which something has just happened is left alone for a while: where a history is sent in order, what kept
/// the lead warm may be in the next batch.
struct CoolLeads: Duty {
    /// How long after the last change.
    static let patience = TimeSpan.minutes(10)
    /// The most leads in one transaction.
    private static let limit = 200

    let name = "cool-leads"
    let interval = Duration.seconds(10)
    let store: Store
    let library: AgreementLibrary<ScoringRules>

    func runOnce() async throws -> Int {
        let now = store.clock.now()
        guard try await store.read({ try LeadQueries.isAnyCooling(by: now, $0) }) else { return 0 }
        return try await store.write { transaction in
            let rules = try library.required(at: transaction.now, transaction.database)
            let due = try LeadQueries.cooling(upTo: transaction.now, limit: Self.limit, transaction.database)
            let intake = Intake(transaction, rules, library)
            for lead in due { try intake.cool(lead) }
            return due.count
        }
    }
}
