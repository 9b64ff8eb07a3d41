import Contracts
import Criteria
import GRDB
import Hosting
import Kernel
import ScoringDomain
import Storage

/// What becomes of the leads behind an id: what is scored by the version in force is only counted.
///
/// They are looked at one after the other while what they did is read, which is let go with each.
struct RescorePage: Sendable {
    let version: Int64
    let after: String
    /// The last one; nil where there are none behind.
    let through: String?
    private(set) var leads = 0
    private(set) var outcomes: [RescoreOutcome] = []
    private typealias ReadLead = (scored: ScoredLead, document: LeadDocument)
    private let now: Instant
    private let source: String
    /// By the version by which a lead was scored.
    private var paths: [Int64: VersionPath] = [:]

    /// - Parameter source: who tells what changes.
    init(
        after: String, through: String?, _ rules: ScoringRules, at now: Instant,
        _ library: AgreementLibrary<ScoringRules>, source: String, _ database: Database
    ) throws {
        version = rules.version
        self.after = after
        self.through = through
        self.now = now
        self.source = source
        var stored: [ReadLead] = []
        try LeadQueries.rescored(
            in: LeadRange(after: after, through: through), by: rules.version, database
        ) { lead in
            leads += 1
            if let lead { stored.append(lead) }
        }
        for version in Set(stored.map(\.scored.memory.version)) {
            paths[version] = try VersionPath(from: version, to: rules, at: now, library, database)
        }
        outcomes.reserveCapacity(stored.count)
        try look(at: stored, database)
    }

    private mutating func look(at stored: [ReadLead], _ database: Database) throws {
        let known = paths.keys.sorted().compactMap { paths[$0] }
        let reader = FactReader(known)
        let whole = FactReader(known.flatMap(\.versions))
        let needs = stored.map { paths[$0.scored.memory.version]?.history(of: $0.scored.memory, now: now) ?? .nothing }
        var place = 0
        while place < stored.count {
            let need = needs[place]
            let end = needs[place...].firstIndex { $0 != need } ?? stored.count
            switch need {
            case .nothing: for lead in stored[place..<end] { try look(at: lead, StoredFacts()) }
            case .kinds: try look(at: stored[place..<end], reader, database)
            case .all: try look(at: stored[place..<end], whole, database)
            }
            place = end
        }
    }

    /// Leads that follow each other are read by one scan.
    private mutating func look(
        at stored: ArraySlice<ReadLead>, _ reader: FactReader, _ database: Database
    ) throws {
        var place = stored.startIndex
        let ids = LeadRange(
            from: stored[place].scored.leadID, through: stored[stored.endIndex - 1].scored.leadID)
        try reader.read(ids, database) { leadID, did in
            // Ids are in the order of their bytes, which is not that of Swift's texts, nor are texts of other bytes others.
            while place < stored.endIndex, stored[place].scored.leadID.utf8.lexicographicallyPrecedes(leadID.utf8) {
                try look(at: stored[place], StoredFacts())
                place += 1
            }
            guard place < stored.endIndex, stored[place].scored.leadID.utf8.elementsEqual(leadID.utf8) else { return }
            try look(at: stored[place], did)
            place += 1
        }
        for lead in stored[place...] { try look(at: lead, StoredFacts()) }
    }

    private mutating func look(at lead: ReadLead, _ did: StoredFacts) throws {
        let (scored, document) = lead
        guard let path = paths[scored.memory.version] else { return }
        let renewal = try LeadRenewal(scored, through: path, now: now) {
            try FieldRecord(document, $0)
        } facts: {
            did
        }
        outcomes.append(
            try ReadyRenewal(renewal, document, source: source).map(RescoreOutcome.ready) ?? .whole(renewal))
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
        case .whole(let renewal): renewal.before.leadID
        }
    }
}
