import Contracts
import GRDB
import Kernel
import Storage

/// When a lead was first heard of, and so what was known of it at any moment: what had been recorded by then.
///
/// A lead that came with its past was not known in it. Its past is what came with the lead, or soon behind it, since
/// imports send one file after the other: within as long as it had been there unknown, a week at most. That counts by its
/// own time.
struct LeadArrival: Sendable {
    /// Of the first of its ids; the distant future where that was not kept.
    let first: Instant
    /// What was recorded by then came with the lead.
    let settled: Instant
    /// When each id arrived, of a lead of several.
    private let parts: [String: Instant]

    private static let longest = TimeSpan.days(7)

    /// - Parameter parts: when each id arrived, of a lead of several.
    init(createdAt: Instant, arrivedAt: Instant?, parts: [String: Instant] = [:]) {
        first = parts.values.min() ?? arrivedAt ?? .distantFuture
        let past = max(0, first.microseconds - createdAt.microseconds)
        settled = first.adding(TimeSpan(microseconds: min(past, Self.longest.microseconds)))
        self.parts = parts
    }

    /// Until when something has to have been recorded so that it counts at a moment.
    func recordedBy(at moment: Instant) -> Instant { moment < first ? settled : moment }

    /// From when on something counts: since it was so, but for what was told later of a lead that was known.
    func counts(from moment: Instant, recordedAt: Instant) -> Instant {
        moment < first && recordedAt <= settled ? moment : max(moment, recordedAt)
    }

    /// When engagement was recorded: with its lead, where no time was kept.
    ///
    /// - Parameter id: under which it came.
    func recorded(_ receivedAt: Instant?, as id: String) -> Instant { receivedAt ?? parts[id] ?? first }
}

extension StoredLead {
    func arrival(_ database: Database) throws -> LeadArrival {
        let parts = parts > 1 ? try LeadPartQueries.arrivals(of: lead.leadID, database) : [:]
        return LeadArrival(createdAt: createdAt, arrivedAt: arrivedAt, parts: parts)
    }
}
