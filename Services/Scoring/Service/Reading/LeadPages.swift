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

/// Pages that are read beside each other and collected in their order.
struct PageOrder<Page> {
    private let atOnce: Int
    private var begun = 0
    private var collected = 0
    private var done: [Int: Page] = [:]

    init(atOnce: Int) { self.atOnce = atOnce }

    /// Twice as many are kept as are read at once: then one that is slow makes the others wait.
    var mayBegin: Bool { begun - collected - done.count < atOnce && begun - collected < 2 * atOnce }

    /// - Returns: the number of the next page.
    mutating func begin() -> Int {
        defer { begun += 1 }
        return begun
    }

    /// - Returns: the pages whose turn it is.
    mutating func finish(_ number: Int, _ page: Page) -> [Page] {
        done[number] = page
        var next: [Page] = []
        while let page = done.removeValue(forKey: collected) {
            next.append(page)
            collected += 1
        }
        return next
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
            var order = PageOrder<Page>(atOnce: max(1, Self.pagesAtOnce))
            var position: String? = ""
            func begin() async throws {
                while order.mayBegin, let after = position {
                    let through = try await store.read { try LeadQueries.id(Self.leadsPage, after: after, $0) }
                    let (number, range) = (order.begin(), LeadRange(after: after, through: through))
                    position = through
                    group.addTask { [store] in (number, try await store.read { try read(range, $0) }) }
                }
            }
            try await begin()
            while let finished = try await group.next() {
                for page in order.finish(finished.number, finished.page) { try collect(page) }
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
