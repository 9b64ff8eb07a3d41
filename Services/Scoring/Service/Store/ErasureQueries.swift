import Contracts
import GRDB
import Kernel
import Storage
import SwiftProtobuf

/// What the service asks of `erasure` and `erased_lead`, and how a lead leaves all other tables.
enum ErasureQueries {
    /// What is stored under a lead's ids. What `uncounted_engagement` counts is of no one.
    private static let tables = [
        "engagement", "score_change", "qualification", "cooling", "former_score_change", "former_qualification",
        "former_cooling", "lead_field_change", "external_id", "lead_email", "lead_apart", "lead_part", "lead",
    ]

    /// Removes every row about a lead.
    ///
    /// - Parameter leadIDs: all that mean it.
    /// - Returns: how many rows each table had.
    static func remove(_ leadIDs: [String], _ database: Database) throws -> [String: Int] {
        var removed: [String: Int] = [:]
        for id in leadIDs.map(ColumnValue.text) {
            // Told apart is noted both ways.
            try database.run(
                """
                DELETE FROM lead_apart WHERE (lead_id, other_id) IN (
                    SELECT other_id, lead_id FROM lead_apart WHERE lead_id = ?)
                """, [id])
            try database.run("DELETE FROM lead_merge WHERE merged_id = ?1 OR lead_id = ?1", [id])
            for table in tables {
                try database.run("DELETE FROM \(table) WHERE lead_id = ?", [id])
                removed[table, default: 0] += database.changesCount
            }
        }
        return removed
    }

    /// Keeps that a lead was erased, and what that came to.
    static func insert(
        _ response: WireEraseLeadResponse, by person: String, reason: String, _ database: Database
    ) throws {
        try database.run(
            """
            INSERT INTO erasure (erased_at, erased_by, reason, engagements, field_changes, score_changes, qualifications)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .instant(Instant(response.erasedAt)), .text(person), .text(reason), .integer(response.engagements),
                .integer(response.fieldChanges), .integer(response.scoreChanges), .integer(response.qualifications),
            ])
        let number = database.lastInsertedRowID
        for id in response.leadIds {
            try database.run("INSERT INTO erased_lead (lead_id, erasure) VALUES (?, ?)", [.text(id), .integer(number)])
        }
    }

    /// What was answered when a lead was erased; nil where an id never was.
    static func find(_ leadID: String, _ database: Database) throws -> WireEraseLeadResponse? {
        let found = try database.row(
            """
            SELECT number, erased_at, engagements, field_changes, score_changes, qualifications
            FROM erased_lead JOIN erasure ON number = erasure WHERE lead_id = ?
            """, [.text(leadID)]
        ) { row in
            (
                row.integer(0),
                WireEraseLeadResponse.with {
                    $0.erasedAt = row.instant(1).wire
                    $0.engagements = row.integer(2)
                    $0.fieldChanges = row.integer(3)
                    $0.scoreChanges = row.integer(4)
                    $0.qualifications = row.integer(5)
                }
            )
        }
        guard let (number, answer) = found else { return nil }
        var response = answer
        try database.rows(
            "SELECT lead_id FROM erased_lead WHERE erasure = ? ORDER BY lead_id", [.integer(number)]
        ) { response.leadIds.append($0.text(0)) }
        return response
    }

    /// When an id was erased; nil where it never was.
    static func erasedAt(_ leadID: String, _ database: Database) throws -> Instant? {
        try database.row(
            "SELECT erased_at FROM erased_lead JOIN erasure ON number = erasure WHERE lead_id = ?", [.text(leadID)]
        ) { $0.instant(0) }
    }

    /// Why there is no lead of an id, as a sentence.
    static func absence(of leadID: String, _ database: Database) throws -> String {
        try erasedAt(leadID, database).map { sentence(leadID, $0) } ?? "lead \(leadID) is unknown"
    }

    static func sentence(_ leadID: String, _ erasedAt: Instant) -> String {
        "lead \(leadID) was erased at \(erasedAt.text)"
    }
}
