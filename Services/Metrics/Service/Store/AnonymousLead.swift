import Contracts
import GRDB
import Hosting
import Kernel
import Storage

/// What is left of a person who was erased: one lead under an id of its own, with the times and the categories that
/// reports count by. Nothing leads back from it: rows get ids made of the new one, no table says whose it was, and what
/// no report needs is gone.
extension Database {
    /// Puts an anonymous lead in the place of one that was erased; several ids become one lead, as they were one in
    /// reports.
    func anonymise(_ lead: ErasedLead, as anonymousID: String) throws {
        try regroup(lead.others)
        let known = try lead.ids.filter { try knownNumber(ofLead: $0) != nil }
        try regroup([(rootID: lead.rootID, ids: known)])
        let parts = try known.map { try number(ofLead: $0) }
        guard let first = parts.first else { return }
        for part in parts { try eraseMentions(of: lead.ids, part) }
        let place = AnonymousPlace(
            database: self, parts: parts, root: try root(ofPart: first) ?? first, leadID: anonymousID)
        try place.take()
    }

    /// Takes the ids from what the journeys of other leads tell of merges and splits.
    private func eraseMentions(of leadIDs: [String], _ part: Int64) throws {
        var mentions: [(lead: Int64, at: Instant, eventID: String, detail: String)] = []
        try rows(
            """
            SELECT other.lead, other.at, other.event_id, other.detail
            FROM step AS own CROSS JOIN lead_identity
            CROSS JOIN lead AS named ON named.lead_id = lead_identity.lead_id
            CROSS JOIN step AS other ON other.lead = named.number AND other.at = own.at AND other.event_id = own.event_id
            WHERE own.lead = ? AND own.kind IN (?, ?) AND other.kind = own.kind
            """,
            [
                .integer(part), .text(EventKind.leadsMerged.rawValue), .text(EventKind.leadsSplit.rawValue),
            ]
        ) { mentions.append(($0.integer(0), $0.instant(1), $0.text(2), $0.text(3))) }
        for mention in mentions {
            let key: [ColumnValue] = [.integer(mention.lead), .instant(mention.at), .text(mention.eventID)]
            if let rest = LeadIdentityConsumer.detail(mention.detail, without: leadIDs) {
                try run("UPDATE step SET detail = ? WHERE lead = ? AND at = ? AND event_id = ?", [.text(rest)] + key)
            } else {
                try run("DELETE FROM step WHERE lead = ? AND at = ? AND event_id = ?", key)
            }
        }
    }
}

/// Where the rows of a lead that was erased go.
private struct AnonymousPlace {
    let database: Database
    /// The numbers of all of its ids.
    let parts: [Int64]
    /// The one whose row says what is known of the whole.
    let root: Int64
    let leadID: String

    /// Moves what reports count, and removes the rest.
    func take() throws {
        let number = try insertLead()
        try moveTouches(to: number)
        try moveSteps(to: number)
        try moveTimers(to: number)
        try moveDeals(to: number)
        for part in parts {
            for table in ["touch", "step", "score_change", "lead_part"] {
                try database.run("DELETE FROM \(table) WHERE lead = ?", [.integer(part)])
            }
            try database.run("DELETE FROM lead WHERE number = ?", [.integer(part)])
        }
    }

    private func insertLead() throws -> Int64 {
        try database.run(
            """
            INSERT INTO lead (
                lead_id, partition, account_id, company, domain, source, channel, campaign, segment, tier, motion,
                territory, industry, country, created_at, facts_rank, facts_at, engaged_at, first_version, rep_id, team)
            SELECT ?, ?, '', '', '', source, channel, campaign, segment, tier, motion, territory, industry, country,
                created_at, facts_rank, 0, engaged_at, first_version, rep_id, team
            FROM lead WHERE number = ?
            """, [.text(leadID), .integer(Partition.of(leadID)), .integer(root)])
        return database.lastInsertedRowID
    }

    /// Those that count; what the person looked at only where a deal may be credited to it. Their new ids keep the order of the old ones: by it a path has those of one instant.
    private func moveTouches(to number: Int64) throws {
        let leads = try LeadResolution(database)
        var touches: [[ColumnValue]] = []
        try database.rows(
            """
            SELECT recorded, occurred_at, channel, campaign, CASE WHEN EXISTS (
                    SELECT 1 FROM opportunity AS deal WHERE \(leads.isOf("deal.lead", "?1")) AND deal.lead > 0
                ) THEN content_id ELSE '' END, kind, cost, cost_currency, agreement_version
            FROM touch WHERE \(leads.isOf("touch.lead", "?1")) AND \(leads.touchCountsOnce) ORDER BY touch_id
            """, [.integer(root)]
        ) { row in
            touches.append([
                .integer(number), .text(id(touches.count)), .integer(row.integer(0)), .instant(row.instant(1)),
                .text(row.text(2)), .text(row.text(3)), .text(row.text(4)), .text(row.text(5)),
                .optional(row.optionalInteger(6)), .optional(row.optionalText(7)), .integer(row.integer(8)),
            ])
        }
        for touch in touches {
            try database.run(
                """
                INSERT INTO touch (
                    lead, touch_id, recorded, occurred_at, account_id, channel, campaign, content_id, kind, cost,
                    cost_currency, agreement_version)
                VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?)
                """, touch)
        }
    }

    /// The stages that it entered, and that it was rejected; not by what, nor by whom.
    private func moveSteps(to number: Int64) throws {
        var steps: [[ColumnValue]] = []
        for part in parts {
            try database.rows(
                """
                SELECT at, kind, state FROM step WHERE lead = ? AND (state IS NOT NULL OR kind = ?) ORDER BY at, event_id
                """, [.integer(part), .text(EventKind.handoffRejected.rawValue)]
            ) { row in
                steps.append([
                    .integer(number), .instant(row.instant(0)), .text(id(steps.count)), .text(row.text(1)),
                    .optional(row.optionalInteger(2)),
                ])
            }
        }
        for step in steps {
            try database.run(
                """
                INSERT INTO step (lead, at, event_id, kind, state, handoff_id, rep_id, team, detail, agreement_version)
                VALUES (?, ?, ?, ?, ?, '', '', '', '', 0)
                """, step)
        }
    }

    private func moveTimers(to number: Int64) throws {
        var timers: [(number: Int64, id: String)] = []
        for part in parts {
            try database.rows("SELECT number, timer_id FROM timer WHERE lead = ? ORDER BY number", [.integer(part)]) {
                timers.append(($0.integer(0), $0.text(1)))
            }
        }
        for (index, timer) in timers.enumerated() {
            try database.run("DELETE FROM timer_warning WHERE timer_id = ?", [.text(timer.id)])
            try database.run(
                "UPDATE timer SET lead = ?, timer_id = ? WHERE number = ?",
                [.integer(number), .text(id(index)), .integer(timer.number)])
        }
    }

    /// A deal is the company's. Where its account was known only by its lead, it keeps it if something was recorded for
    /// the account, which is part of its path.
    private func moveDeals(to number: Int64) throws {
        for part in parts {
            try database.run(
                """
                UPDATE opportunity SET lead = ?, lead_id = ?, account_id = coalesce(nullif(account_id, ''), (
                    SELECT account_id FROM lead WHERE lead.number = ? AND account_id <> '' AND EXISTS (
                        SELECT 1 FROM touch WHERE touch.lead = 0 AND touch.account_id = lead.account_id)), '')
                WHERE lead = ? AND lead > 0
                """, [.integer(number), .text(leadID), .integer(root), .integer(part)])
        }
    }

    /// Ids of a table's rows, which sort by their index.
    private func id(_ index: Int) -> String {
        let digits = String(index)
        return "\(leadID)-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits)"
    }
}
