import Contracts
import GRDB
import Kernel
import MetricsDomain
import Storage
import SwiftProtobuf

extension Database {
    /// Facts of the lead that an id means.
    func leadFacts(_ leadID: String) throws -> WireLeadFacts? {
        let statement = try cachedStatement(
            sql: """
                SELECT account_id, company, domain, source, channel, campaign, segment, tier, motion, territory, industry,
                    country, created_at, lead_id
                FROM lead WHERE created_at IS NOT NULL
                    AND number = (SELECT coalesce(root, number) FROM lead WHERE lead_id = ?)
                """)
        guard let row = try Row.fetchOne(statement, arguments: [leadID]) else { return nil }
        return .with {
            $0.leadID = row[13]
            $0.accountID = row[0]
            $0.company = row[1]
            $0.domain = row[2]
            $0.source = row[3]
            $0.channel = row[4]
            $0.campaign = row[5]
            $0.segment = row[6]
            $0.tier = row[7]
            $0.motion = row[8]
            $0.territory = row[9]
            $0.industry = row[10]
            $0.country = row[11]
            $0.createdAt = (row[12] as Instant).wire
        }
    }

    /// Every id that means the same lead as this one, that which stays first; none where nothing names it.
    func leadIDs(meaning leadID: String) throws -> [String] {
        var ids: [String] = []
        try rows(
            """
            SELECT part.lead_id FROM lead JOIN lead AS part ON part.number = lead.number OR part.number IN (
                SELECT lead_part.lead FROM lead_part WHERE lead_part.root = lead.root)
            WHERE lead.lead_id = ? ORDER BY part.root <> part.number, part.lead_id
            """, [.text(leadID)]
        ) { ids.append($0.text(0)) }
        return ids
    }

    /// Everything that is known to have happened to a lead, in no order.
    func journey(of leadID: String) throws -> [JourneyEntry] {
        guard let number = try knownNumber(ofLead: leadID) else { return [] }
        let lead = try root(ofPart: number) ?? number
        let leads = try LeadResolution(self)
        return try arrivals(of: lead) + touches(of: lead, leads) + scores(of: lead, leads) + steps(of: lead, leads)
            + timers(of: lead, leads) + opportunities(ofLead: lead, leads).flatMap(Self.entries)
    }

    private func rows(_ sql: String, _ lead: Int64) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: [lead])
    }

    private func arrivals(of lead: Int64) throws -> [JourneyEntry] {
        let sql =
            "SELECT created_at, engaged_at, first_version, source FROM lead WHERE number = ? AND created_at IS NOT NULL"
        return try rows(sql, lead).flatMap { row in
            let source: String = row[3]
            let engaged = (row[1] as Instant?).map {
                JourneyEntry(
                    at: $0, kind: .qualification, title: "Engaged", owner: "marketing", agreementVersion: row[2])
            }
            return [
                JourneyEntry(
                    at: row[0], kind: .arrival, title: source.isEmpty ? "Inquiry" : "Inquiry from \(source)",
                    owner: "marketing", agreementVersion: row[2])
            ] + (engaged.map { [$0] } ?? [])
        }
    }

    private func touches(of lead: Int64, _ leads: LeadResolution) throws -> [JourneyEntry] {
        let sql = """
            SELECT recorded, occurred_at, kind, channel, campaign, content_id, agreement_version, lead FROM touch
            WHERE (
                \(leads.isOf("lead", "?1"))
                OR lead = 0 AND account_id <> '' AND account_id = (SELECT account_id FROM lead WHERE number = ?1))
                AND \(leads.touchCountsOnce) ORDER BY occurred_at, touch_id
            """
        return try rows(sql, lead).enumerated().map { index, row in
            let by = [row[3] as String, row[4], row[5]].filter { !$0.isEmpty }.joined(separator: ", ")
            let kind: String = row[2]
            let name = (kind.isEmpty ? "touch" : kind) + (row[7] == 0 ? " of the account" : "")
            return JourneyEntry(
                at: row[1], kind: row[0] == 1 ? .touch : .engagement, order: index,
                title: by.isEmpty ? name : "\(name) (\(by))", owner: "marketing", agreementVersion: row[6])
        }
    }

    private func scores(of lead: Int64, _ leads: LeadResolution) throws -> [JourneyEntry] {
        let sql = """
            SELECT at, previous_total, total, grade, agreement_version FROM score_change
            WHERE \(leads.isOf("lead", "?1"))
            """
        return try rows(sql, lead).map { row in
            let grade: String = row[3]
            let change =
                "Score \(PlainNumber.text(row[1], digits: 1)) to \(PlainNumber.text(row[2], digits: 1))"
            return JourneyEntry(
                at: row[0], kind: .score, title: grade.isEmpty ? change : "\(change), \(grade)", owner: "marketing",
                agreementVersion: row[4])
        }
    }

    private func timers(of lead: Int64, _ leads: LeadResolution) throws -> [JourneyEntry] {
        let running = """
            SELECT rule, rep_id, standing, armed_at, due_at, ended_at, met_late_at, elapsed_seconds, agreement_version
            FROM timer WHERE \(leads.isOf("lead", "?1"))
            """
        let warnings = """
            SELECT timer.rule, timer.rep_id, timer_warning.percent, timer_warning.at, timer.agreement_version
            FROM timer JOIN timer_warning ON timer_warning.timer_id = timer.timer_id
            WHERE \(leads.isOf("timer.lead", "?1"))
            """
        return try rows(running, lead).flatMap(Self.entries(ofTimer:))
            + rows(warnings, lead).map { row in
                JourneyEntry(
                    at: row[3], kind: .timer, order: 1,
                    title: "\(row[0] as String) warning at \(PlainNumber.text(row[2], digits: 0)) %",
                    owner: row[1], agreementVersion: row[4])
            }
    }

    private static func entries(ofTimer row: Row) -> [JourneyEntry] {
        let rule: String = row[0]
        let due: Instant = row[4]
        let spent = TimeSpan(microseconds: Int64((row[7] as Double) * 1_000_000)).text
        let entry = { (at: Instant, order: Int, title: String) in
            JourneyEntry(at: at, kind: .timer, order: order, title: title, owner: row[1], agreementVersion: row[8])
        }
        var entries = [entry(row[3], 0, "\(rule) armed, due \(due.text)")]
        switch TimerStanding(rawValue: row[2]) {
        case .met: entries.append(entry(row[5] ?? due, 2, "\(rule) met after \(spent)"))
        case .breached: entries.append(entry(row[5] ?? due, 3, "\(rule) breached after \(spent)"))
        case .cancelled: entries.append(entry(row[5] ?? due, 4, "\(rule) cancelled"))
        case .armed, .warned, nil: break
        }
        if let late: Instant = row[6] { entries.append(entry(late, 5, "\(rule) done late")) }
        return entries
    }

    private static func entries(_ deal: Opportunity) -> [JourneyEntry] {
        let owner = deal.repID.isEmpty ? "sales" : deal.repID
        let value = deal.amount.flatMap { units in
            deal.currency.map {
                " for \(PlainNumber.text(Money(minorUnits: units, currency: $0).major, digits: 2)) \($0)"
            }
        }
        let entry = { (at: Instant, kind: JourneyEntry.Kind, order: Int, title: String) in
            JourneyEntry(at: at, kind: kind, order: order, title: title, owner: owner, agreementVersion: 0)
        }
        var entries: [JourneyEntry] = []
        if let opened = deal.openedAt {
            entries.append(entry(opened, .opportunity, 0, "Opportunity \(deal.id) opened"))
            entries.append(entry(opened, .outcome, DemandState.opportunity.rawValue, "Opportunity"))
        }
        if let closed = deal.closedAt {
            let won = deal.outcome == .won
            entries.append(
                entry(closed, .opportunity, 1, "Opportunity \(deal.id) \(won ? "won" : "lost")\(value ?? "")"))
            entries.append(entry(closed, .outcome, DemandState.customer.rawValue, won ? "Customer" : "Lost"))
        }
        return entries
    }
}
