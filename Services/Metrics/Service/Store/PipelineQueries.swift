import GRDB
import Kernel
import MetricsDomain
import Storage

/// The deals of a report by value of its dimension, with the one currency they are in.
struct PipelineTally: Sendable {
    var rows: [String: PipelineSums] = [:]
    /// Every currency of the values that are summed up, in order.
    var currencies: Set<String> = []

    var total: PipelineSums {
        rows.values.reduce(into: PipelineSums()) { $0.add($1) }
    }
}

extension Database {
    /// Sums up the deals closed in a period and all that are open now.
    func pipeline(split: ReportDimension, period: ReportPeriod) throws -> PipelineTally {
        let cursor = try Row.fetchCursor(
            cachedStatement(sql: Self.pipeline(split: split, LeadResolution(self))),
            arguments: [period.from, period.to])
        var tally = PipelineTally()
        while let row = try cursor.next() {
            tally.rows[row[0], default: PipelineSums()].add(Self.sums(row))
            if let currency: String = row[2], row[1] != Opportunity.Outcome.lost.rawValue {
                tally.currencies.insert(currency)
            }
        }
        return tally
    }

    /// The keys of the deals' own dimensions.
    func dealDimensions() throws -> [String] {
        try String.fetchAll(cachedStatement(sql: "SELECT DISTINCT name FROM opportunity_dimension ORDER BY name"))
    }

    /// The price of an open deal is its list value, or where there is none, its amount.
    private static func pipeline(split: ReportDimension, _ leads: LeadResolution) -> String {
        """
        SELECT coalesce(\(split.expression), '') AS value, deal.outcome, deal.currency, count(*), count(deal.amount),
            coalesce(sum(deal.amount), 0), coalesce(sum(coalesce(deal.list_value, deal.amount)), 0),
            count(deal.opened_at), coalesce(sum((deal.closed_at - deal.opened_at) / 1000000), 0),
            coalesce(sum((deal.closed_at - deal.opened_at) % 1000000), 0)
        FROM opportunity AS deal LEFT JOIN lead ON lead.number = \(leads.lead("deal.lead"))
        WHERE deal.outcome = 1 OR (deal.closed_at >= ? AND deal.closed_at < ?)
        GROUP BY value, deal.outcome, deal.currency
        """
    }

    private static func sums(_ row: Row) -> PipelineSums {
        var sums = PipelineSums()
        switch Opportunity.Outcome(rawValue: row[1]) {
        case .won:
            sums.won = row[3]
            sums.valued = row[4]
            sums.wonMinorUnits = row[5]
            sums.timed = row[7]
            sums.cycleSeconds = row[8]
            sums.cycleMicroseconds = row[9]
        case .lost:
            sums.lost = row[3]
        case .open, nil:
            sums.open = row[3]
            sums.openListMinorUnits = row[6]
        }
        return sums
    }
}

extension ReportDimension {
    /// A key of the deals' own `dimensions`.
    static func ofDeals(key: String) -> ReportDimension {
        let literal = key.replacing("'", with: "''")
        return ReportDimension(
            name: key,
            expression: """
                (SELECT value FROM opportunity_dimension AS dimension
                WHERE dimension.opportunity_id = deal.opportunity_id AND dimension.name = '\(literal)')
                """)
    }
}
