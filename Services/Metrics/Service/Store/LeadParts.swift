import Contracts
import GRDB
import Kernel
import Storage

/// Leads that several ids make up.
///
/// The row of the id that stays says in `lead` what is known of the whole, and those of former ids say nothing; what
/// each id was told itself is kept in `lead_part`, as long as the lead has several ids. All other tables keep the id
/// under which a row came: see ``LeadResolution``.
extension Database {
    /// Makes leads what their ids say that they are.
    ///
    /// - Parameter leads: with all of their ids.
    func regroup(_ leads: [(rootID: String, ids: [String])]) throws {
        let groups = try leads.map { lead in
            (root: lead.rootID, parts: try lead.ids.map { (id: $0, number: try number(ofLead: $0)) })
        }
        for part in groups.flatMap(\.parts) {
            if let root = try root(ofPart: part.number) { try dissolve(root) }
        }
        for group in groups where group.parts.count > 1 {
            let root = group.parts.first { $0.id == group.root } ?? group.parts[0]
            try unite(group.parts.map(\.number), as: root.number)
        }
    }

    /// The number of the lead that an id is part of; nil where the lead has no other id.
    func root(ofPart lead: Int64) throws -> Int64? {
        try row("SELECT root FROM lead_part WHERE lead = ?", [.integer(lead)]) { $0.integer(0) }
    }

    /// Changes what one of the ids of a lead was told.
    func changePart(of root: Int64, _ change: () throws -> Void) throws {
        let parts = try dissolve(root)
        try change()
        try unite(parts, as: root)
    }

    /// Keeps since when a lead has been engaged by what came under one of its ids, told of the lead as a whole. Most of
    /// what a lead does is not the first of it, and changes nothing.
    func engage(_ lead: Int64, at: Instant) throws {
        let engage = {
            try self.run(
                "UPDATE lead SET engaged_at = min(coalesce(engaged_at, ?1), ?1) WHERE number = ?2",
                [.instant(at), .integer(lead)])
        }
        let part = try row("SELECT root, engaged_at FROM lead_part WHERE lead = ?", [.integer(lead)]) {
            (root: $0.integer(0), engagedAt: $0.optionalInstant(1))
        }
        guard let part else { return try engage() }
        if part.engagedAt.map({ at < $0 }) ?? true { try changePart(of: part.root, engage) }
    }

    /// Gives each id back what it was told itself.
    ///
    /// - Returns: the numbers of the ids.
    @discardableResult
    private func dissolve(_ root: Int64) throws -> [Int64] {
        var parts: [Int64] = []
        try rows("SELECT lead FROM lead_part WHERE root = ? ORDER BY lead", [.integer(root)]) {
            parts.append($0.integer(0))
        }
        try run(
            """
            UPDATE lead SET root = NULL, (\(Self.told)) = (SELECT \(Self.told) FROM lead_part WHERE lead = number)
            WHERE number IN (SELECT lead FROM lead_part WHERE root = ?)
            """, [.integer(root)])
        try run("DELETE FROM lead_part WHERE root = ?", [.integer(root)])
        return parts
    }

    private func unite(_ parts: [Int64], as root: Int64) throws {
        for part in parts {
            try run(
                "INSERT INTO lead_part (lead, root, \(Self.told)) SELECT number, ?, \(Self.told) FROM lead WHERE number = ?",
                [.integer(root), .integer(part)])
            try run(Self.silence, [.integer(root), .integer(part)])
        }
        try run(Self.speakForAll, [.integer(root)])
    }

    private static let told = """
        account_id, company, domain, source, channel, campaign, segment, tier, motion, territory, industry, country, \
        created_at, facts_rank, facts_at, engaged_at, first_scored_at, first_version, owned_at, rep_id, team
        """

    private static let silence = """
        UPDATE lead SET root = ?, account_id = '', company = '', domain = '', source = '', channel = '', campaign = '',
            segment = '', tier = '', motion = '', territory = '', industry = '', country = '', created_at = NULL,
            facts_rank = -1, facts_at = 0, engaged_at = NULL, first_scored_at = NULL, first_version = 0,
            owned_at = NULL, rep_id = '', team = ''
        WHERE number = ?
        """

    /// As if all that its ids were told had come under one: the facts are the latest, by whoever owns them; it came to
    /// be, was engaged and was scored when the first of them was; it belongs to whom it was given last.
    private static let speakForAll = """
        UPDATE lead SET
            (account_id, company, domain, source, channel, campaign, segment, tier, motion, territory, industry, country,
                facts_rank, facts_at) = (
                SELECT part.account_id, part.company, part.domain, part.source, part.channel, part.campaign,
                    part.segment, part.tier, part.motion, part.territory, part.industry, part.country,
                    part.facts_rank, part.facts_at
                FROM lead_part AS part JOIN lead AS named ON named.number = part.lead WHERE part.root = ?1
                ORDER BY part.facts_rank DESC, part.facts_at DESC, part.lead = ?1 DESC, named.lead_id LIMIT 1),
            created_at = (
                SELECT min(part.created_at) FROM lead_part AS part WHERE part.root = ?1
                    AND part.facts_rank = (SELECT max(facts_rank) FROM lead_part WHERE root = ?1)),
            engaged_at = (SELECT min(part.engaged_at) FROM lead_part AS part WHERE part.root = ?1),
            (first_scored_at, first_version) = (
                SELECT part.first_scored_at, part.first_version FROM lead_part AS part WHERE part.root = ?1
                ORDER BY part.first_scored_at IS NULL, part.first_scored_at, part.first_version LIMIT 1),
            (owned_at, rep_id, team) = (
                SELECT part.owned_at, part.rep_id, part.team
                FROM lead_part AS part JOIN lead AS named ON named.number = part.lead WHERE part.root = ?1
                ORDER BY part.rep_id = '', part.owned_at IS NULL, part.owned_at DESC, part.lead = ?1 DESC, named.lead_id
                LIMIT 1)
        WHERE number = ?1
        """
}
