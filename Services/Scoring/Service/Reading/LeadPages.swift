import Contracts
import GRDB
import Hosting
import Platform
import RPC
import Storage

extension ScoringHandlers {
    /// Leads in one read of the store.
    private static let leadsPage = 500

    /// Looks at every stored lead in the order of ids, a page at a time, so that writes go on in between.
    ///
    /// - Throws: `resource_exhausted` where there are more leads than may be looked at in one call.
    func readLeads<Found: Sendable>(
        _ look: @Sendable @escaping (StoredLead, Database) throws -> Found, collect: (Found) -> Void
    ) async throws {
        var after = ""
        var read = 0
        repeat {
            try Task.checkCancellation()
            let position = after
            let page = try await store.read { database in
                try LeadQueries.list(after: position, state: nil, limit: Self.leadsPage, database)
                    .map { (id: $0.lead.leadID, found: try look($0, database)) }
            }
            for entry in page { collect(entry.found) }
            read += page.count
            after = page.count == Self.leadsPage ? page[page.count - 1].id : ""
            guard read <= analysis.leads else { throw LeadOutcomes.tooMany(analysis.leads) }
        } while !after.isEmpty
    }
}
