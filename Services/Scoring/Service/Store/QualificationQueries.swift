import GRDB
import Kernel
import ScoringDomain
import Storage

/// A row of `qualification` or `cooling`.
struct KnownCrossing: Hashable {
    let at: Instant
    let isCooling: Bool
}

extension KnownCrossing {
    init(_ crossing: Crossing) { self.init(at: crossing.at, isCooling: crossing.trigger == nil) }
}

/// What the service asks of `qualification` and `cooling`.
enum QualificationQueries {
    /// - Parameter recordedAt: nil of what was so before it could be recorded.
    static func insert(
        _ crossing: Crossing, leadID: String, partition: Int, recordedAt: Instant?, _ database: Database
    ) throws {
        guard let trigger = crossing.trigger else {
            return try database.run(
                """
                INSERT INTO cooling (lead_id, at, partition, agreement_version) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [
                    .text(leadID), .instant(crossing.at), .integer(partition), .integer(crossing.score.version),
                ])
        }
        try database.run(
            """
            INSERT INTO qualification (lead_id, at, partition, cause, agreement_version, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                .text(leadID), .instant(crossing.at), .integer(partition), .text(trigger.rawValue),
                .integer(crossing.score.version), .instant(recordedAt),
            ])
    }

    /// Every crossing of a lead.
    static func all(of leadID: String, _ database: Database) throws -> Set<KnownCrossing> {
        var known: Set<KnownCrossing> = []
        try database.rows(
            """
            SELECT at, 0 FROM qualification WHERE lead_id = ?1 UNION ALL SELECT at, 1 FROM cooling WHERE lead_id = ?1
            """, [.text(leadID)]
        ) { known.insert(KnownCrossing(at: $0.instant(0), isCooling: $0.bool(1))) }
        return known
    }

    /// When it was recorded that a lead qualified at a moment, or at least when what it did then was; nil where neither
    /// is known.
    static func recordedAt(of leadID: String, at moment: Instant, _ database: Database) throws -> Instant? {
        try database.row(
            """
            SELECT coalesce(recorded_at,
                (SELECT min(received_at) FROM engagement e WHERE e.lead_id = q.lead_id AND e.occurred_at = q.at))
            FROM qualification q WHERE lead_id = ? AND at = ?
            """, [.text(leadID), .instant(moment)]
        ) { $0.optionalInstant(0) } ?? nil
    }

    /// When the lead last qualified, as of a moment.
    static func latest(of leadID: String, upTo asOf: Instant, _ database: Database) throws -> Instant? {
        let statement = try database.cachedStatement(
            sql: "SELECT MAX(at) FROM qualification WHERE lead_id = ? AND at <= ?")
        return try Row.fetchOne(statement, arguments: [leadID, asOf])?[0]
    }

    /// When the lead last cooled, as of a moment.
    static func latestCooling(of leadID: String, upTo asOf: Instant, _ database: Database) throws -> Instant? {
        try database.row(
            "SELECT MAX(at) FROM cooling WHERE lead_id = ? AND at <= ?", [.text(leadID), .instant(asOf)]
        ) { $0.optionalInstant(0) } ?? nil
    }
}
