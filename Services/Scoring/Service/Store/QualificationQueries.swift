import GRDB
import Kernel
import ScoringDomain
import Storage

/// What the service asks of `qualification` and `cooling`.
enum QualificationQueries {
    static func insert(_ crossing: Crossing, leadID: String, partition: Int, _ database: Database) throws {
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
            INSERT INTO qualification (lead_id, at, partition, cause, agreement_version) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            [
                .text(leadID), .instant(crossing.at), .integer(partition), .text(trigger.rawValue),
                .integer(crossing.score.version),
            ])
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
