import GRDB
import Kernel
import ScoringDomain
import Storage

/// A row of `score_change`.
struct StoredScoreChange: Sendable {
    var number: Int
    var at: Instant
    var cause: String
    var before: Double
    var after: Double
    var version: Int64
    /// What each rule gave after it; nil for what an older program kept.
    var contributions: [Contribution]?
}

extension StoredScoreChange {
    /// - Parameter cause: of one that is not time alone.
    init(_ step: ScoreStep, number: Int, cause: @autoclosure () -> String) {
        self.init(
            number: number, at: step.score.asOf, cause: step.isCooling ? "cooled" : cause(),
            before: step.previousTotal, after: step.score.total, version: step.score.version,
            contributions: step.contributions)
    }
}

/// What the service asks of `score_change`.
enum ScoreChangeQueries {
    /// Rows of ``values(_:leadID:partition:)``. A statement of several rows that may undo itself alone (`OR ABORT`, the
    /// default) copies every page that it changes; here a fault undoes all that was done with it.
    static let insertion = RowInsert(
        """
        INSERT OR FAIL INTO score_change (
            lead_id, number, partition, at, cause, before, after, agreement_version, contributions) VALUES
        """, columns: 9)

    static func values(_ change: StoredScoreChange, leadID: String, partition: Int) -> [ColumnValue] {
        [
            .text(leadID), .integer(change.number), .integer(partition), .instant(change.at), .text(change.cause),
            .real(change.before), .real(change.after), .integer(change.version),
            change.contributions.map { .blob(ContributionCoding.bytes($0)) } ?? .null,
        ]
    }

    /// The latest changes up to a moment, oldest first.
    static func latest(
        _ limit: Int, of leadID: String, upTo asOf: Instant, _ database: Database
    ) throws -> [StoredScoreChange] {
        var changes: [StoredScoreChange] = []
        try database.rows(
            """
            SELECT number, at, cause, before, after, agreement_version, contributions FROM score_change
            WHERE lead_id = ? AND at <= ? ORDER BY number DESC LIMIT ?
            """, [.text(leadID), .instant(asOf), .integer(limit)]
        ) { row in
            changes.append(
                StoredScoreChange(
                    number: Int(row.integer(0)), at: row.instant(1), cause: row.text(2), before: row.real(3),
                    after: row.real(4), version: row.integer(5),
                    contributions: row.isNull(6) ? nil : try ContributionCoding.contributions(row.blob(6))))
        }
        return changes.reversed()
    }
}
