import Contracts
import GRDB
import Kernel
import MetricsDomain
import Storage
import SwiftProtobuf

extension Database {
    /// When each lead behind an id first came to what, in the order of ids.
    func leadOutcomes(after leadID: String, limit: Int) throws -> [WireLeadOutcome] {
        let leads = try LeadResolution(self)
        let statement = try cachedStatement(sql: Self.selectOutcomes(leads))
        var outcomes = try Row.fetchAll(statement, arguments: [leadID, limit]).map(Self.outcome)
        guard let last = outcomes.last?.leadID else { return [] }
        let amounts = try wonAmounts(after: leadID, upTo: last, leads)
        for place in outcomes.indices {
            outcomes[place].wonAmounts = (amounts[outcomes[place].leadID] ?? [:]).sorted { $0.key < $1.key }
                .map { currency, amount in
                    .with {
                        $0.minorUnits = amount
                        $0.currency = currency
                    }
                }
        }
        return outcomes
    }

    /// What the won deals of leads brought, by lead and currency.
    private func wonAmounts(
        after leadID: String, upTo last: String, _ leads: LeadResolution
    ) throws -> [String: [String: Int64]] {
        var amounts: [String: [String: Int64]] = [:]
        try rows(Self.selectWonAmounts(leads), [.text(leadID), .text(last)]) { row in
            let (sum, overflows) = amounts[row.text(0), default: [:]][row.text(1), default: 0]
                .addingReportingOverflow(row.integer(2))
            amounts[row.text(0), default: [:]][row.text(1)] = overflows ? .max : sum
        }
        return amounts
    }

    /// The `+` keeps SQLite from finding deals by their outcome: that would be every won one for every lead.
    static func selectWonAmounts(_ leads: LeadResolution) -> String {
        """
        SELECT lead.lead_id, deal.currency, deal.amount
        FROM lead CROSS JOIN opportunity AS deal ON \(leads.isOf("deal.lead", "lead.number"))
        WHERE lead.lead_id > ? AND lead.lead_id <= ? AND deal.lead > 0
            AND +deal.outcome = \(Opportunity.Outcome.won.rawValue) AND deal.amount > 0
        """
    }

    static func selectOutcomes(_ leads: LeadResolution) -> String {
        let step = { (condition: String) in
            "(SELECT min(at) FROM step WHERE \(leads.isOf("step.lead", "lead.number")) AND \(condition))"
        }
        let entered = { (state: DemandState) in step("state = \(state.rawValue)") }
        let deal = { (column: String, outcome: Opportunity.Outcome?) in
            """
            (SELECT min(\(column)) FROM opportunity AS deal WHERE \(leads.isOf("deal.lead", "lead.number")) AND deal.lead > 0
            \(outcome.map { "AND +outcome = \($0.rawValue)" } ?? ""))
            """
        }
        return """
            SELECT lead_id, \(entered(.mql)), \(entered(.sal)), \(step("kind = '\(EventKind.handoffRejected.rawValue)'")),
                \(entered(.sql)), \(deal("opened_at", nil)), \(deal("closed_at", .won)), \(deal("closed_at", .lost))
            FROM lead WHERE lead_id > ? AND created_at IS NOT NULL ORDER BY lead_id LIMIT ?
            """
    }

    private static func outcome(_ row: Row) -> WireLeadOutcome {
        .with {
            $0.leadID = row[0]
            if let at: Instant = row[1] { $0.qualifiedAt = at.wire }
            if let at: Instant = row[2] { $0.acceptedAt = at.wire }
            if let at: Instant = row[3] { $0.rejectedAt = at.wire }
            if let at: Instant = row[4] { $0.sqlAt = at.wire }
            if let at: Instant = row[5] { $0.opportunityAt = at.wire }
            if let at: Instant = row[6] { $0.wonAt = at.wire }
            if let at: Instant = row[7] { $0.lostAt = at.wire }
        }
    }
}
