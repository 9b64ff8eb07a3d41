import GRDB
import Kernel
import MetricsDomain
import Storage

/// What writing a row under its natural key came to.
enum WriteResult: Sendable {
    case created
    case updated
    case unchanged
}

extension Database {
    /// Replaces what was known of the deal.
    func put(_ deal: Opportunity) throws -> WriteResult {
        let known = try opportunity(deal.id)
        guard known != deal else { return .unchanged }
        try run(
            known == nil ? Self.insertOpportunity : Self.updateOpportunity,
            [
                .text(deal.leadID), .integer(try number(ofLead: deal.leadID)), .text(deal.accountID),
                .text(deal.stage), .integer(deal.outcome.rawValue), .optional(deal.amount), .optional(deal.listValue),
                .optional(deal.currency), .instant(deal.openedAt), .instant(deal.closedAt), .text(deal.source),
                .text(deal.repID), .text(deal.team), .text(deal.id),
            ])
        if known?.dimensions != deal.dimensions {
            if known != nil { try run("DELETE FROM opportunity_dimension WHERE opportunity_id = ?", [.text(deal.id)]) }
            let dimensions = deal.dimensions.sorted { $0.key < $1.key }
            try Self.insertDimensions.run(
                dimensions.flatMap { [.text(deal.id), .text($0.key), .text($0.value)] }, self)
        }
        return known == nil ? .created : .updated
    }

    func opportunity(_ id: String) throws -> Opportunity? {
        let statement = try cachedStatement(sql: "\(Self.selectOpportunity) WHERE opportunity_id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map(opportunity)
    }

    func opportunities(ofLead lead: Int64, _ leads: LeadResolution) throws -> [Opportunity] {
        let statement = try cachedStatement(
            sql: "\(Self.selectOpportunity) WHERE \(leads.isOf("lead", "?1")) AND lead > 0 ORDER BY opportunity_id")
        return try Row.fetchAll(statement, arguments: [lead]).map(opportunity)
    }

    /// Deals behind an id, in the order of ids.
    ///
    /// - Parameter closed: only deals closed in it.
    func opportunities(
        after id: String, outcomes: Set<Opportunity.Outcome>, closed: ReportPeriod?, limit: Int
    ) throws -> [Opportunity] {
        let wanted = outcomes.map { "\($0.rawValue)" }.sorted().joined(separator: ", ")
        let within = closed == nil ? "" : "AND closed_at >= ? AND closed_at < ?"
        let statement = try cachedStatement(
            sql: """
                \(Self.selectOpportunity)
                WHERE opportunity_id > ? AND outcome IN (\(wanted)) \(within) ORDER BY opportunity_id LIMIT ?
                """)
        let bounds: StatementArguments = closed.map { [$0.from, $0.to] } ?? []
        return try Row.fetchAll(statement, arguments: [id] + bounds + [limit]).map(opportunity)
    }

    private static let insertOpportunity = """
        INSERT INTO opportunity (
            lead_id, lead, account_id, stage, outcome, amount, list_value, currency, opened_at, closed_at, source, rep_id,
            team, opportunity_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let updateOpportunity = """
        UPDATE opportunity SET
            lead_id = ?, lead = ?, account_id = ?, stage = ?, outcome = ?, amount = ?, list_value = ?, currency = ?,
            opened_at = ?, closed_at = ?, source = ?, rep_id = ?, team = ?
        WHERE opportunity_id = ?
        """

    private static let insertDimensions = RowInsert(
        "INSERT INTO opportunity_dimension (opportunity_id, name, value) VALUES", columns: 3)

    private static let selectOpportunity = """
        SELECT opportunity_id, lead_id, account_id, stage, outcome, amount, list_value, currency, opened_at, closed_at,
            source, rep_id, team
        FROM opportunity
        """

    private func opportunity(_ row: Row) throws -> Opportunity {
        let id: String = row[0]
        let statement = try cachedStatement(
            sql: "SELECT name, value FROM opportunity_dimension WHERE opportunity_id = ?")
        let dimensions = try Row.fetchAll(statement, arguments: [id]).map { ($0[0] as String, $0[1] as String) }
        return Opportunity(
            id: id, leadID: row[1], accountID: row[2], stage: row[3],
            outcome: Opportunity.Outcome(rawValue: row[4]) ?? .open, amount: row[5], listValue: row[6],
            currency: row[7], openedAt: row[8], closedAt: row[9], source: row[10], repID: row[11], team: row[12],
            dimensions: Dictionary(dimensions) { first, _ in first })
    }
}
