import Contracts
import GRDB
import Hosting
import Kernel
import ScoringDomain
import Storage

/// Stored leads behind an id, as they are read for a rescore: what is scored by the version in force is only counted.
struct RescoreRows: Sendable {
    let after: String
    /// The last one looked at.
    private(set) var last: String
    private(set) var count = 0
    /// Whether there are none behind.
    let isLast: Bool
    private(set) var leads: [StoredLead] = []
    private(set) var paths: [Int64: VersionPath] = [:]
    /// Of those leads, in the order of ids and of time; empty where no version reads any.
    private(set) var engagement: [(leadID: String, engagement: StoredEngagement)] = []

    init(
        after cursor: String, limit: Int, _ rules: ScoringRules, at now: Instant,
        _ library: AgreementLibrary<ScoringRules>, _ database: Database
    ) throws {
        after = cursor
        last = cursor
        var looked = 0
        var behind = cursor
        var found: [StoredLead] = []
        try LeadQueries.rescored(after: cursor, by: rules.version, limit: limit, database) { leadID, lead in
            looked += 1
            behind = leadID
            if let lead { found.append(lead) }
        }
        count = looked
        last = behind
        isLast = looked < limit
        leads = found
        for version in Set(found.map(\.memory.version)) {
            paths[version] = try VersionPath(from: version, to: rules, at: now, library, database)
        }
        let readers = leads.filter { paths[$0.memory.version]?.readsEngagement(of: $0) ?? false }
        guard let first = readers.first, let final = readers.last else { return }
        engagement = try EngagementQueries.stored(
            from: first.lead.leadID, to: final.lead.leadID,
            readsDocuments: paths.values.contains(where: \.readsEngagementDocuments), database)
    }
}

/// What becomes of the leads behind an id.
struct RescoreBatch: Sendable {
    let version: Int64
    let after: String
    let last: String
    let leads: Int
    let isLast: Bool
    private(set) var renewals: [LeadRenewal] = []

    init(_ rows: RescoreRows, _ rules: ScoringRules, now: Instant) throws {
        version = rules.version
        (after, last, leads, isLast) = (rows.after, rows.last, rows.count, rows.isLast)
        renewals.reserveCapacity(rows.leads.count)
        var next = 0
        for lead in rows.leads {
            guard let path = rows.paths[lead.memory.version] else { continue }
            let leadID = lead.lead.leadID
            while next < rows.engagement.count, rows.engagement[next].leadID < leadID { next += 1 }
            let begin = next
            while next < rows.engagement.count, rows.engagement[next].leadID == leadID { next += 1 }
            let own = rows.engagement[begin..<next]
            renewals.append(
                try LeadRenewal(lead, through: path, now: now) { own.map(\.engagement) })
        }
    }

    /// Whether it is what a rescore goes on with.
    func follows(_ rescore: Rescore) -> Bool {
        version == rescore.version && after == rescore.cursor && rescore.finishedAt == nil
    }
}
