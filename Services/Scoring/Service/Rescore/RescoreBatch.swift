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
    /// What each of those leads did; nil where no version looks at it.
    private var facts: [StoredFacts?] = []
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
        facts = Array(repeating: nil, count: leads.count)
        try readFacts(now: now, database)
    }

    /// What becomes of some of the leads.
    func outcomes(_ range: Range<Int>, now: Instant, source: String) throws -> [RescoreOutcome] {
        try range.compactMap { index in
            guard let path = paths[leads[index].memory.version] else { return nil }
            let renewal = try LeadRenewal(leads[index], through: path, now: now) { facts[index] ?? StoredFacts() }
            return try ReadyRenewal(renewal, source: source).map(RescoreOutcome.ready) ?? .whole(renewal)
        }
    }

    /// Leads that follow each other are read by one scan.
    private mutating func readFacts(now: Instant, _ database: Database) throws {
        let reader = FactReader(paths.keys.sorted().flatMap { paths[$0]?.versions ?? [] })
        let isRead = leads.map { paths[$0.memory.version]?.readsEngagement(of: $0, now: now) ?? false }
        var next = 0
        while let first = isRead[next...].firstIndex(of: true) {
            next = isRead[first...].firstIndex(of: false) ?? isRead.count
            try read(first..<next, reader, database)
        }
    }

    /// Ids are in the order of their bytes, which is not that of Swift's texts.
    private mutating func read(_ range: Range<Int>, _ reader: FactReader, _ database: Database) throws {
        var place = range.lowerBound
        let ids = LeadRange(from: leads[place].lead.leadID, through: leads[range.upperBound - 1].lead.leadID)
        try reader.read(ids, database) { leadID, did in
            while place < range.upperBound, leads[place].lead.leadID.utf8.lexicographicallyPrecedes(leadID.utf8) {
                place += 1
            }
            if place < range.upperBound, leads[place].lead.leadID == leadID { facts[place] = did }
        }
    }
}

/// What becomes of one lead.
enum RescoreOutcome: Sendable {
    case ready(ReadyRenewal)
    /// It qualifies or cools.
    case whole(LeadRenewal)

    var leadID: String {
        switch self {
        case .ready(let ready): ready.leadID
        case .whole(let renewal): renewal.before.lead.leadID
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
    let outcomes: [RescoreOutcome]

    /// - Parameter source: who tells what changes.
    init(_ rows: RescoreRows, _ rules: ScoringRules, now: Instant, source: String) async throws {
        version = rules.version
        (after, last, leads, isLast) = (rows.after, rows.last, rows.count, rows.isLast)
        let count = rows.leads.count
        let parts = stride(from: 0, to: count, by: Self.part).map { $0..<min($0 + Self.part, count) }
        outcomes = try await withThrowingTaskGroup(of: (Int, [RescoreOutcome]).self) { group in
            for (index, part) in parts.enumerated() {
                group.addTask { (index, try rows.outcomes(part, now: now, source: source)) }
            }
            var found: [[RescoreOutcome]] = Array(repeating: [], count: parts.count)
            for try await (index, outcomes) in group { found[index] = outcomes }
            return found.flatMap(\.self)
        }
    }

    /// Whether it is what a rescore goes on with.
    func follows(_ rescore: Rescore) -> Bool {
        version == rescore.version && after == rescore.cursor && rescore.finishedAt == nil
    }
}
