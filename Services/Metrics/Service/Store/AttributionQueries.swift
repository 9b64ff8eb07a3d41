import GRDB
import Kernel
import MetricsDomain
import Storage

extension Database {
    /// Hands over every won deal closed in a period, with its path: the touches of its lead, and those of its account
    /// that name no lead, up to closing, and not longer before opening (before closing, where the opening is not known)
    /// than the window.
    ///
    /// A deal whose value is not known counts as 0.
    ///
    /// - Returns: the currencies of the deals' values.
    func wonDeals(
        by dimension: ReportDimension, period: ReportPeriod, window: TimeSpan?, _ body: (AttributedDeal) -> Void
    ) throws -> Set<String> {
        let cursor = try Row.fetchCursor(
            cachedStatement(sql: Self.wonDeals(by: dimension, LeadResolution(self))),
            arguments: [window?.microseconds, period.from, period.to])
        var currencies: Set<String> = []
        var current: (id: String, value: Int64, path: [String])?
        while let row = try cursor.next() {
            let id: String = row[0]
            if let deal = current, deal.id != id {
                body(AttributedDeal(value: deal.value, path: deal.path))
                current = nil
            }
            if current == nil {
                current = (id, row[1] ?? 0, [])
                if let currency: String = row[2] { currencies.insert(currency) }
            }
            if let touch: String = row[3] { current?.path.append(touch) }
        }
        if let deal = current { body(AttributedDeal(value: deal.value, path: deal.path)) }
        return currencies
    }

    private static func wonDeals(by dimension: ReportDimension, _ leads: LeadResolution) -> String {
        """
        SELECT deal.opportunity_id, deal.amount, CASE WHEN deal.amount IS NULL THEN NULL ELSE deal.currency END,
            CASE WHEN touch.touch_id IS NULL THEN NULL ELSE \(dimension.expression) END
        FROM opportunity AS deal
        LEFT JOIN lead ON lead.number = \(leads.lead("deal.lead"))
        LEFT JOIN touch ON (
                \(leads.isOf("touch.lead", "lead.number")) AND deal.lead > 0
                OR touch.lead = 0 AND touch.account_id <> ''
                    AND touch.account_id = coalesce(nullif(deal.account_id, ''), lead.account_id))
            AND touch.occurred_at <= deal.closed_at
            AND (?1 IS NULL OR touch.occurred_at >= coalesce(deal.opened_at, deal.closed_at) - ?1)
            AND \(leads.touchCountsOnce)
        WHERE deal.outcome = 2 AND deal.closed_at >= ?2 AND deal.closed_at < ?3
        ORDER BY deal.opportunity_id, touch.occurred_at, touch.touch_id
        """
    }
}

extension Database {
    /// The models side by side, over the won deals of a period.
    ///
    /// - Throws: `failed_precondition` where the deals are in more than one currency.
    func attribution(
        by dimension: ReportDimension, period: ReportPeriod, models: [AttributionModel], terms: AgreedTerms
    ) throws -> (tallies: [AttributionTally], currency: String) {
        var tallies = models.map(AttributionTally.init)
        let currencies = try wonDeals(by: dimension, period: period, window: terms.window) { deal in
            for index in tallies.indices { tallies[index].add(deal) }
        }
        return (tallies, try Reports.currency(of: currencies, terms: terms))
    }
}
