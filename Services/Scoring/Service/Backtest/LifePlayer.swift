import Contracts
import Criteria
import GRDB
import Kernel
import ScoringDomain
import Storage

/// Plays leads' lives, as they are stored, under two agreements. Each life is read once for both.
struct LifePlayer: Sendable {
    let draft: ScoringRules
    let against: ScoringRules
    let outcomes: [String: WireLeadOutcome]
    let now: Instant
    private let facts: FactReader
    /// The two see the same fields.
    private let shareRecords: Bool

    init(draft: ScoringRules, against: ScoringRules, outcomes: [String: WireLeadOutcome], now: Instant) {
        self.draft = draft
        self.against = against
        self.outcomes = outcomes
        self.now = now
        facts = FactReader([draft, against])
        shareRecords = draft.catalogue.fields == against.catalogue.fields && draft.currency == against.currency
    }

    /// Plays a range of leads, in the order of their ids: one scan over them, and one over all that they did.
    func play(_ range: LeadRange, _ database: Database) throws -> [BacktestLead] {
        let leads = try LeadQueries.all(in: range, database)
        var played: [BacktestLead] = []
        played.reserveCapacity(leads.count)
        func playNext(_ did: StoredFacts) throws {
            played.append(try play(leads[played.count], did, database))
        }
        try facts.read(range, upTo: now, database) { leadID, did in
            while leads[played.count].lead.leadID != leadID { try playNext(StoredFacts()) }
            try playNext(did)
        }
        while played.count < leads.count { try playNext(StoredFacts()) }
        return played
    }

    private func play(_ stored: StoredLead, _ did: StoredFacts, _ database: Database) throws -> BacktestLead {
        let leads = try stored.leads(database)
        let arrival = try stored.arrival(database)
        let records = leads.map { ($0.from, FieldRecord($0.lead, draft, and: shareRecords ? against : nil)) }
        let others = shareRecords ? records : leads.map { ($0.from, FieldRecord($0.lead, against)) }
        return BacktestLead(
            id: stored.lead.leadID, segment: stored.lead.segment,
            outcome: BacktestOutcome(try stored.outcome(outcomes, database), currency: draft.currency),
            draftAt: firstQualification(stored, arrival, records, did, draft),
            againstAt: firstQualification(stored, arrival, others, did, against))
    }

    private func firstQualification(
        _ stored: StoredLead, _ arrival: LeadArrival, _ records: [(Instant, FieldRecord)], _ did: StoredFacts,
        _ rules: ScoringRules
    ) -> Instant? {
        let known = did.known(rules, of: stored.lead.leadID, since: arrival)
        return rules.firstQualification(
            of: LeadLife(
                createdAt: stored.createdAt, records: records, engagements: known.facts, knownFrom: known.from),
            now: now)
    }
}

extension BacktestOutcome {
    fileprivate init(_ wire: WireLeadOutcome, currency: String) {
        self.init()
        wasWorked = wire.hasQualifiedAt
        acceptedAt = wire.hasAcceptedAt ? Instant(wire.acceptedAt) : nil
        sqlAt = wire.hasSqlAt ? Instant(wire.sqlAt) : nil
        wonAt = wire.hasWonAt ? Instant(wire.wonAt) : nil
        revenue = wire.wonAmounts.first { $0.currency == currency }?.minorUnits ?? 0
    }
}
