import Contracts
import GRDB
import Hosting
import Platform
import RPC
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Leads in the order of ids.
struct LeadRange: Sendable {
    /// The condition on a column of ids.
    let condition: String
    let values: [ColumnValue]

    /// Those behind an id, up to another or to the last there is.
    init(after: String, through: String?) {
        condition = through == nil ? "lead_id > ?" : "lead_id > ? AND lead_id <= ?"
        values = [.text(after)] + (through.map { [.text($0)] } ?? [])
    }

    /// Those from one id to another, both included.
    init(from first: String, through last: String) {
        condition = "lead_id BETWEEN ? AND ?"
        values = [.text(first), .text(last)]
    }
}

extension ScoringHandlers {
    /// Leads in one read of the store.
    private static let leadsPage = 500
    /// Pages read at once, each by a connection and a core of its own; one connection is left for others.
    static let pagesAtOnce = min(ProcessInfo.processInfo.activeProcessorCount, StoreSettings().maxReaders - 1)

    /// Reads all leads, page by page in the order of ids, so that writes go on in between. No more than a few pages are in
    /// memory at once.
    func readPages<Page: Sendable>(
        _ read: @Sendable @escaping (LeadRange, Database) throws -> Page, collect: (Page) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (number: Int, page: Page).self) { group in
            var begun = 0
            var position: String? = ""
            func begin() async throws {
                guard let after = position else { return }
                let through = try await store.read { try LeadQueries.id(Self.leadsPage, after: after, $0) }
                let (number, range) = (begun, LeadRange(after: after, through: through))
                begun += 1
                position = through
                group.addTask { [store] in (number, try await store.read { try read(range, $0) }) }
            }
            for _ in 0..<max(1, Self.pagesAtOnce) { try await begin() }
            var done: [Int: Page] = [:]
            var collected = 0
            while let finished = try await group.next() {
                done[finished.number] = finished.page
                while let page = done.removeValue(forKey: collected) {
                    try collect(page)
                    collected += 1
                }
                try await begin()
            }
        }
    }

    /// Looks at every stored lead, in the order of ids.
    func readLeads<Found: Sendable>(
        _ look: @Sendable @escaping (StoredLead, Database) throws -> Found, collect: (Found) throws -> Void
    ) async throws {
        try await readPages { range, database in
            try LeadQueries.all(in: range, database).map { try look($0, database) }
        } collect: {
            for found in $0 { try collect(found) }
        }
    }
}
