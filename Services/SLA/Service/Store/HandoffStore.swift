import GRDB
import Kernel
import SLADomain
import Storage

/// What is remembered of handoffs.
enum HandoffStore {
    private static let steps: [HandoffStep] = [.assigned, .accepted, .rejected, .touched, .qualified, .closed]

    static func load(_ handoffID: String, _ database: Database) throws -> HandoffRecord? {
        try database.row(
            """
            SELECT lead_id, round, rep_id, team, assignment_event, score, grade,
                   assigned_at, accepted_at, rejected_at, touched_at, qualified_at, closed_at
            FROM handoff WHERE handoff_id = ?
            """, [.text(handoffID)]
        ) { row in
            var done: [HandoffStep: Instant] = [:]
            for (index, step) in steps.enumerated() { done[step] = row.optionalInstant(7 + index) }
            return HandoffRecord(
                handoffID: handoffID, leadID: row.text(0), round: Int(row.integer(1)), repID: row.text(2),
                team: row.text(3), assignmentEvent: row.text(4),
                score: LeadScore(total: row.optionalReal(5), grade: row.text(6)), steps: done)
        }
    }

    static func insert(_ record: HandoffRecord, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO handoff (
                round, rep_id, team, assignment_event, score, grade,
                assigned_at, accepted_at, rejected_at, touched_at, qualified_at, closed_at, handoff_id, lead_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, changing(record) + [.text(record.handoffID), .text(record.leadID)])
    }

    /// Saves what can change.
    static func update(_ record: HandoffRecord, _ database: Database) throws {
        try database.run(
            """
            UPDATE handoff SET round = ?, rep_id = ?, team = ?, assignment_event = ?, score = ?, grade = ?,
                assigned_at = ?, accepted_at = ?, rejected_at = ?, touched_at = ?, qualified_at = ?, closed_at = ?
            WHERE handoff_id = ?
            """, changing(record) + [.text(record.handoffID)])
    }

    /// Removes the handoffs of a lead, and their timers.
    static func erase(lead leadID: String, _ database: Database) throws {
        try database.run(
            "DELETE FROM timer WHERE handoff_id IN (SELECT handoff_id FROM handoff WHERE lead_id = ?)", [.text(leadID)])
        try database.run("DELETE FROM handoff WHERE lead_id = ?", [.text(leadID)])
    }

    private static func changing(_ record: HandoffRecord) -> [ColumnValue] {
        [
            .integer(record.round), .text(record.repID), .text(record.team), .text(record.assignmentEvent),
            .optional(record.score.total), .text(record.score.grade),
        ] + steps.map { .instant(record.steps[$0]) }
    }
}
