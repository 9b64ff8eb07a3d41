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
    var isLast: Bool { count < limit }
    private(set) var leads: [StoredLead] = []
    /// By the version by which a lead was scored.
    private(set) var paths: [Int64: VersionPath] = [:]
    /// Of those leads, in the order of ids and of time; empty where no version reads any.
    private(set) var engagement: [(leadID: String, engagement: StoredEngagement)] = []
    /// Of each lead, where its own is.
    private var places: [Range<Int>] = []
    private let limit: Int

    init(
        after cursor: String, limit: Int, _ rules: ScoringRules, at now: Instant,
        _ library: AgreementLibrary<ScoringRules>, _ database: Database
    ) throws {
        after = cursor
        last = cursor
        self.limit = limit
        try LeadQueries.rescored(after: cursor, by: rules.version, limit: limit, database) { leadID, lead in
            count += 1
            last = leadID
            if let lead { leads.append(lead) }
        }
        for version in Set(leads.map(\.memory.version)) {
            paths[version] = try VersionPath(from: version, to: rules, at: now, library, database)
        }
        places = Array(repeating: 0..<0, count: leads.count)
        let readers = leads.filter { paths[$0.memory.version]?.readsEngagement(of: $0) ?? false }
        guard let first = readers.first, let final = readers.last else { return }
        engagement = try EngagementQueries.stored(
            from: first.lead.leadID, to: final.lead.leadID,
            readsDocuments: paths.values.contains(where: \.readsEngagementDocuments), database)
        places = findPlaces()
    }

    /// What becomes of some of the leads.
    func renewals(_ range: Range<Int>, now: Instant) throws -> [LeadRenewal] {
        try range.compactMap { index in
            guard let path = paths[leads[index].memory.version] else { return nil }
            let own = engagement[places[index]]
            return try LeadRenewal(leads[index], through: path, now: now) { own.map(\.engagement) }
        }
    }

    /// Where the engagement of each lead is. Ids are in the order of their bytes, which is not that of Swift's texts.
    private func findPlaces() -> [Range<Int>] {
        var next = 0
        return leads.map { lead in
            let leadID = lead.lead.leadID.utf8
            while next < engagement.count, engagement[next].leadID.utf8.lexicographicallyPrecedes(leadID) { next += 1 }
            let begin = next
            while next < engagement.count, engagement[next].leadID.utf8.elementsEqual(leadID) { next += 1 }
            return begin..<next
        }
    }
}

/// What becomes of the leads behind an id.
struct RescoreBatch: Sendable {
    /// Leads that one thread looks at.
    private static let part = 200

    let version: Int64
    let after: String
    let last: String
    let leads: Int
    let isLast: Bool
    let renewals: [LeadRenewal]

    init(_ rows: RescoreRows, _ rules: ScoringRules, now: Instant) async throws {
        version = rules.version
        (after, last, leads, isLast) = (rows.after, rows.last, rows.count, rows.isLast)
        let count = rows.leads.count
        let parts = stride(from: 0, to: count, by: Self.part).map { $0..<min($0 + Self.part, count) }
        renewals = try await withThrowingTaskGroup(of: (Int, [LeadRenewal]).self) { group in
            for (index, part) in parts.enumerated() {
                group.addTask { (index, try rows.renewals(part, now: now)) }
            }
            var found: [[LeadRenewal]] = Array(repeating: [], count: parts.count)
            for try await (index, renewals) in group { found[index] = renewals }
            return found.flatMap(\.self)
        }
    }

    /// Whether it is what a rescore goes on with.
    func follows(_ rescore: Rescore) -> Bool {
        version == rescore.version && after == rescore.cursor && rescore.finishedAt == nil
    }
}
