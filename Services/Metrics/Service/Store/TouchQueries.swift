import GRDB
import Kernel
import MetricsDomain
import Storage

extension Database {
    /// Replaces what was recorded under the touch's id before, for whichever lead.
    func put(_ touch: Touch) throws -> WriteResult {
        let known = try recordedTouch(touch.id)
        guard known != touch else { return .unchanged }
        if known != nil { try run("DELETE FROM touch WHERE touch_id = ? AND recorded = 1", [.text(touch.id)]) }
        try run(
            """
            INSERT INTO touch (
                lead, touch_id, recorded, occurred_at, account_id, channel, campaign, content_id, kind, cost,
                cost_currency, agreement_version)
            VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 0)
            """,
            [
                .integer(try number(ofLead: touch.leadID)), .text(touch.id), .instant(touch.occurredAt),
                .text(touch.accountID), .text(touch.channel), .text(touch.campaign), .text(touch.contentID),
                .text(touch.kind), .optional(touch.cost?.minorUnits), .optional(touch.cost?.currency),
            ])
        return known == nil ? .created : .updated
    }

    private func recordedTouch(_ id: String) throws -> Touch? {
        let statement = try cachedStatement(
            sql: """
                SELECT touch_id, coalesce(lead_id, ''), touch.account_id, touch.channel, touch.campaign, content_id, kind, occurred_at,
                    cost, cost_currency
                FROM touch LEFT JOIN lead ON lead.number = touch.lead WHERE touch_id = ? AND recorded = 1
                """)
        return try Row.fetchOne(statement, arguments: [id]).map { row in
            let cost: Int64? = row[8]
            let currency: String? = row[9]
            return Touch(
                id: row[0], leadID: row[1], accountID: row[2], channel: row[3], campaign: row[4], contentID: row[5],
                kind: row[6], occurredAt: row[7],
                cost: cost.flatMap { units in currency.map { Money(minorUnits: units, currency: $0) } })
        }
    }
}
