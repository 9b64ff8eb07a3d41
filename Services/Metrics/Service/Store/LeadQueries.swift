import Contracts
import GRDB
import Kernel
import Storage

/// What is known of a lead by one event.
struct LeadSighting {
    let lead: WireLeadFacts
    let at: Instant
    /// Scoring owns the facts of a lead; those that another service passes on count only until Scoring's arrive.
    let fromScoring: Bool
    var version: Int64 = 0
    /// The earliest engagement of the event.
    var engagedAt: Instant?
    /// Scoring says that it is a new one, of which hardly anyone has told before.
    var isNew = false
}

extension Database {
    /// Keeps the facts of a lead, those of Scoring before any other's, then the latest.
    ///
    /// - Returns: the lead's number.
    func see(_ sighting: LeadSighting) throws -> Int64 {
        if sighting.isNew {
            let number = try insert(sighting, by: Self.insertNewLead)
            if changesCount > 0 { return number }
        }
        guard let known = try knownLead(sighting.lead.leadID) else { return try insert(sighting, by: Self.insertLead) }
        if let root = known.root {
            try changePart(of: root) { _ = try see(sighting) }
            return known.number
        }
        let after = known.after(sighting)
        if (sighting.rank, sighting.at) >= (known.rank, known.factsAt) {
            try run(Self.updateLead, sighting.facts + after.firsts + [.integer(known.number)])
        } else if after != known {
            try run(Self.updateFirsts, after.firsts + [.integer(known.number)])
        }
        return known.number
    }

    /// The number of a lead, given to it now where it is named for the first time; 0 for no lead.
    func number(ofLead leadID: String) throws -> Int64 {
        if leadID.isEmpty { return 0 }
        if let known = try knownNumber(ofLead: leadID) { return known }
        try run(
            """
            INSERT INTO lead (
                lead_id, partition, account_id, company, domain, source, channel, campaign, segment, tier, motion,
                territory, industry, country, facts_rank, facts_at)
            VALUES (?, ?, '', '', '', '', '', '', '', '', '', '', '', '', -1, 0)
            """,
            [.text(leadID), .integer(Partition.of(leadID))])
        return lastInsertedRowID
    }

    /// nil where nothing names the lead.
    func knownNumber(ofLead leadID: String) throws -> Int64? {
        try row("SELECT number FROM lead WHERE lead_id = ?", [.text(leadID)]) { $0.integer(0) }
    }

    /// Keeps who a lead was given to last; no one where the rep is empty.
    func own(_ lead: Int64, rep: String, team: String, at: Instant) throws {
        try run(
            """
            UPDATE lead SET owned_at = ?1, rep_id = ?2, team = ?3
            WHERE number = ?4 AND root IS NULL AND (owned_at IS NULL OR owned_at <= ?1)
            """,
            [.instant(at), .text(rep), .text(team), .integer(lead)])
        guard changesCount == 0, let root = try root(ofPart: lead) else { return }
        try changePart(of: root) { try own(lead, rep: rep, team: team, at: at) }
    }

    private func knownLead(_ leadID: String) throws -> KnownLead? {
        try row(
            """
            SELECT number, facts_rank, facts_at, engaged_at, first_scored_at, first_version, root
            FROM lead WHERE lead_id = ?
            """, [.text(leadID)]
        ) { row in
            KnownLead(
                number: row.integer(0), rank: Int(row.integer(1)), factsAt: row.instant(2),
                engagedAt: row.optionalInstant(3), firstScoredAt: row.optionalInstant(4),
                firstVersion: row.integer(5), root: row.optionalInteger(6))
        }
    }

    /// - Returns: the lead's number, where it was inserted.
    private func insert(_ sighting: LeadSighting, by statement: String) throws -> Int64 {
        try run(
            statement,
            [.text(sighting.lead.leadID), .integer(Partition.of(sighting.lead.leadID))] + sighting.facts
                + KnownLead().after(sighting).firsts)
        return lastInsertedRowID
    }

    private static let insertLead = "INSERT INTO \(leadColumns)"
    private static let insertNewLead = "INSERT OR IGNORE INTO \(leadColumns)"

    private static let leadColumns = """
        lead (
            lead_id, partition, account_id, company, domain, source, channel, campaign, segment, tier, motion, territory,
            industry, country, created_at, facts_rank, facts_at, engaged_at, first_scored_at, first_version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let updateLead = """
        UPDATE lead SET
            account_id = ?, company = ?, domain = ?, source = ?, channel = ?, campaign = ?, segment = ?, tier = ?,
            motion = ?, territory = ?, industry = ?, country = ?, created_at = ?, facts_rank = ?, facts_at = ?,
            engaged_at = ?, first_scored_at = ?, first_version = ?
        WHERE number = ?
        """

    private static let updateFirsts = """
        UPDATE lead SET engaged_at = ?, first_scored_at = ?, first_version = ? WHERE number = ?
        """
}

/// What decides whether a sighting changes a lead's row.
private struct KnownLead: Equatable {
    var number: Int64 = 0
    var rank = -1
    var factsAt = Instant(microseconds: 0)
    var engagedAt: Instant?
    var firstScoredAt: Instant?
    /// The version of the earliest scoring.
    var firstVersion: Int64 = 0
    /// The lead that it is part of, where that has several ids.
    var root: Int64?

    /// With the firsts of a sighting taken in: they do not depend on which event came first.
    func after(_ sighting: LeadSighting) -> KnownLead {
        var after = self
        if let engagedAt = sighting.engagedAt { after.engagedAt = min(self.engagedAt ?? engagedAt, engagedAt) }
        guard sighting.fromScoring else { return after }
        if firstScoredAt.map({ $0 > sighting.at }) ?? true {
            after.firstScoredAt = sighting.at
            after.firstVersion = sighting.version
        }
        return after
    }

    /// As `updateFirsts` takes them.
    var firsts: [ColumnValue] {
        [.instant(engagedAt), .instant(firstScoredAt), .integer(firstVersion)]
    }
}

extension LeadSighting {
    fileprivate var rank: Int { fromScoring ? 1 : 0 }

    /// The columns from `account_id` to `facts_at`.
    fileprivate var facts: [ColumnValue] {
        [
            .text(lead.accountID), .text(lead.company), .text(lead.domain), .text(lead.source), .text(lead.channel),
            .text(lead.campaign), .text(lead.segment), .text(lead.tier), .text(lead.motion), .text(lead.territory),
            .text(lead.industry), .text(lead.country), .instant(lead.hasCreatedAt ? Instant(lead.createdAt) : at),
            .integer(rank), .instant(at),
        ]
    }
}
