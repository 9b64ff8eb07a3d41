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
}

extension Database {
    /// Runs one cached statement.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(arguments)
        try statement.execute()
        return changesCount
    }

    /// Keeps the facts of a lead, those of Scoring before any other's, then the latest.
    ///
    /// - Returns: the lead's number.
    func see(_ sighting: LeadSighting) throws -> Int64 {
        let lead = sighting.lead
        let scoredAt = sighting.fromScoring ? sighting.at : nil
        let statement = try cachedStatement(sql: Self.upsertLead)
        let seen = try Int64.fetchOne(
            statement,
            arguments: [
                lead.leadID, Partition.of(lead.leadID), lead.accountID, lead.company, lead.domain, lead.source,
                lead.channel, lead.campaign, lead.segment, lead.tier, lead.motion, lead.territory, lead.industry,
                lead.country, lead.hasCreatedAt ? Instant(lead.createdAt) : sighting.at,
                sighting.fromScoring ? 1 : 0, sighting.at, sighting.engagedAt, scoredAt, sighting.version,
            ])
        if let seen { return seen }
        let number = try self.number(ofLead: lead.leadID)
        if sighting.fromScoring {
            try run(
                Self.updateFirsts,
                [sighting.engagedAt, sighting.engagedAt, sighting.at, sighting.version, sighting.at, number])
        }
        return number
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
            [leadID, Partition.of(leadID)])
        return lastInsertedRowID
    }

    /// nil where nothing names the lead.
    func knownNumber(ofLead leadID: String) throws -> Int64? {
        try Int64.fetchOne(cachedStatement(sql: "SELECT number FROM lead WHERE lead_id = ?"), arguments: [leadID])
    }

    /// Keeps who a lead was given to last.
    func own(_ lead: Int64, rep: String, team: String, at: Instant) throws {
        try run(
            """
            UPDATE lead SET owned_at = ?1, rep_id = ?2, team = ?3
            WHERE number = ?4 AND (owned_at IS NULL OR owned_at <= ?1)
            """,
            [at, rep, team, lead])
    }

    /// `first_version` is that of the earliest scoring, `engaged_at` the earliest engagement: neither depends on
    /// which event came first. Where the facts are older than those known, nothing changes and `updateFirsts` is due.
    private static let upsertLead = """
        INSERT INTO lead (
            lead_id, partition, account_id, company, domain, source, channel, campaign, segment, tier, motion, territory,
            industry, country, created_at, facts_rank, facts_at, engaged_at, first_scored_at, first_version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (lead_id) DO UPDATE SET
            account_id = excluded.account_id, company = excluded.company, domain = excluded.domain,
            source = excluded.source, channel = excluded.channel, campaign = excluded.campaign,
            segment = excluded.segment, tier = excluded.tier, motion = excluded.motion,
            territory = excluded.territory, industry = excluded.industry, country = excluded.country,
            created_at = excluded.created_at, facts_rank = excluded.facts_rank, facts_at = excluded.facts_at,
            engaged_at = min(
                coalesce(engaged_at, excluded.engaged_at), coalesce(excluded.engaged_at, engaged_at)),
            first_version = CASE
                WHEN first_scored_at <= excluded.first_scored_at THEN first_version ELSE excluded.first_version END,
            first_scored_at = min(
                coalesce(first_scored_at, excluded.first_scored_at), coalesce(excluded.first_scored_at, first_scored_at))
        WHERE (excluded.facts_rank, excluded.facts_at) >= (facts_rank, facts_at)
        RETURNING number
        """

    private static let updateFirsts = """
        UPDATE lead SET
            engaged_at = min(coalesce(engaged_at, ?), coalesce(?, engaged_at)),
            first_version = CASE WHEN first_scored_at <= ? THEN first_version ELSE ? END,
            first_scored_at = min(first_scored_at, ?)
        WHERE number = ?
        """
}
