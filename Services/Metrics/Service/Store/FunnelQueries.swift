import GRDB
import Kernel
import MetricsDomain
import Storage

/// A contradiction between facts: it is counted like any other, and shown.
struct FunnelAnomaly: Sendable {
    let kind: String
    let leadID: String
    let opportunityID: String
    let description: String
}

extension Database {
    /// Gathers the path of every lead.
    ///
    /// By period, only what a lead entered in the period is seen: the counts, both ends of a conversion, and the state
    /// it was left in. By cohort, leads that came to be in the period are seen with everything that ever followed.
    /// Over all time both are the same.
    func funnel(split: ReportDimension, basis: ReportBasis, period: ReportPeriod) throws -> FunnelTally {
        var tally = FunnelTally()
        var path = LeadPath()
        try rows(
            Self.funnel(split: split, basis: basis, period: period, LeadResolution(self)),
            period.isAllTime ? [] : [.instant(period.from), .instant(period.to)]
        ) { row in
            for (index, state) in DemandState.allCases.enumerated() { path[state] = row.optionalInteger(index + 2) }
            path.current = DemandState(rawValue: Int(row.integer(1)))
            tally.add(path, value: row.text(0))
        }
        return tally
    }

    private static func funnel(
        split: ReportDimension, basis: ReportBasis, period: ReportPeriod, _ leads: LeadResolution
    ) -> String {
        let firsts = DemandState.allCases.map { "min(CASE state WHEN \($0.rawValue) THEN at END)" }
        let within = { (column: String) in period.isAllTime ? "" : "WHERE \(column) >= ? AND \(column) < ?" }
        return """
            SELECT coalesce(\(split.expression), ''), path.*
            FROM (
                SELECT max(at * 16 + state) & 15, \(firsts.joined(separator: ", ")),
                    \(leads.lead("stage_entry.lead")) AS lead
                FROM stage_entry \(basis == .period ? within("at") : "") GROUP BY \(leads.lead("stage_entry.lead"))
            ) AS path
            LEFT JOIN lead ON lead.number = path.lead
            \(basis == .cohort ? within("lead.created_at") : "")
            """
    }

    /// Deals of known leads that contradict them, at most ``anomalyLimit``, in the order of the leads.
    func funnelAnomalies(basis: ReportBasis, period: ReportPeriod) throws -> [FunnelAnomaly] {
        let column = basis == .cohort ? "lead.created_at" : "coalesce(deal.closed_at, deal.opened_at)"
        let leads = try LeadResolution(self)
        return try Row.fetchAll(
            cachedStatement(
                sql: """
                    SELECT lead.lead_id, deal.opportunity_id, lead.created_at, deal.opened_at, deal.closed_at, deal.outcome
                    FROM opportunity AS deal JOIN lead ON lead.number = \(leads.lead("deal.lead"))
                    WHERE \(column) >= ? AND \(column) < ? AND (
                        deal.closed_at < lead.created_at OR deal.opened_at < lead.created_at
                        OR deal.closed_at < deal.opened_at)
                    ORDER BY lead.lead_id, deal.opportunity_id LIMIT \(Self.anomalyLimit)
                    """),
            arguments: [period.from, period.to]
        ).map(Self.anomaly)
    }

    static let anomalyLimit = 1_000

    private static func anomaly(_ row: Row) -> FunnelAnomaly {
        let created: Instant = row[2]
        let opened: Instant? = row[3]
        let closed: Instant? = row[4]
        let won = row[5] == Opportunity.Outcome.won.rawValue
        let (kind, description) =
            if let closed, closed < created {
                (
                    won ? "won_before_first_contact" : "lost_before_first_contact",
                    "\(won ? "won" : "lost") at \(closed.text), \(span(closed, created)) days before the first contact at \(created.text)"
                )
            } else if let opened, let closed, closed < opened {
                (
                    "closed_before_opened",
                    "closed at \(closed.text), \(span(closed, opened)) days before it was opened at \(opened.text)"
                )
            } else {
                (
                    "opened_before_first_contact",
                    "opened at \((opened ?? created).text), \(span(opened ?? created, created)) days before the first contact at \(created.text)"
                )
            }
        return FunnelAnomaly(kind: kind, leadID: row[0], opportunityID: row[1], description: description)
    }

    private static func span(_ earlier: Instant, _ later: Instant) -> String {
        PlainNumber.text(later.seconds(since: earlier) / 86_400, digits: 1)
    }
}
