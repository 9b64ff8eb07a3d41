import GRDB
import Kernel
import ScoringDomain
import Storage

/// What the service asks of `uncounted_engagement`.
enum UncountedQueries {
    static func add(_ uncounted: UncountedEngagement, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO uncounted_engagement (kind, reason, count, first_at, last_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + excluded.count, first_at = min(first_at, excluded.first_at),
                last_at = max(last_at, excluded.last_at)
            """,
            [
                .text(uncounted.kind), .text(uncounted.reason.rawValue), .integer(uncounted.count),
                .instant(uncounted.firstAt), .instant(uncounted.lastAt),
            ])
    }

    /// Those behind a kind and a reason, in this order.
    static func list(
        after kind: String, _ after: String, reason: UncountedEngagement.Reason?, limit: Int, _ database: Database
    ) throws -> [UncountedEngagement] {
        var found: [UncountedEngagement] = []
        try database.rows(
            """
            SELECT kind, reason, count, first_at, last_at FROM uncounted_engagement
            WHERE (kind, reason) > (?1, ?2) AND (?3 IS NULL OR reason = ?3) ORDER BY kind, reason LIMIT ?4
            """, [.text(kind), .text(after), .optional(reason?.rawValue), .integer(limit)]
        ) { row in
            guard let reason = UncountedEngagement.Reason(rawValue: row.text(1)) else { return }
            found.append(
                UncountedEngagement(
                    kind: row.text(0), reason: reason, count: Int(row.integer(2)), firstAt: row.instant(3),
                    lastAt: row.instant(4)))
        }
        return found
    }
}
