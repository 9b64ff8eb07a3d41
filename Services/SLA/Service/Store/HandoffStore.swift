import GRDB
import Kernel
import SLADomain
import Storage

/// What is remembered of handoffs.
enum HandoffStore {
    private static let steps: [HandoffStep] = [.assigned, .accepted, .rejected, .touched, .qualified, .closed]

    static func load(_ handoffID: String, _ database: Database) throws -> HandoffRecord? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT lead_id, round, rep_id, team, assignment_event, score, grade,
                       assigned_at, accepted_at, rejected_at, touched_at, qualified_at, closed_at
                FROM handoff WHERE handoff_id = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [handoffID]) else { return nil }
        var done: [HandoffStep: Instant] = [:]
        for (index, step) in steps.enumerated() {
            done[step] = (row[7 + index] as Int64?).map(Instant.init(microseconds:))
        }
        return HandoffRecord(
            handoffID: handoffID, leadID: row[0], round: row[1], repID: row[2], team: row[3], assignmentEvent: row[4],
            score: LeadScore(total: row[5], grade: row[6]), steps: done)
    }

    static func save(_ record: HandoffRecord, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO handoff (
                    handoff_id, lead_id, round, rep_id, team, assignment_event, score, grade,
                    assigned_at, accepted_at, rejected_at, touched_at, qualified_at, closed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (handoff_id) DO UPDATE SET
                    round = excluded.round, rep_id = excluded.rep_id, team = excluded.team,
                    assignment_event = excluded.assignment_event, score = excluded.score, grade = excluded.grade,
                    assigned_at = excluded.assigned_at, accepted_at = excluded.accepted_at,
                    rejected_at = excluded.rejected_at, touched_at = excluded.touched_at,
                    qualified_at = excluded.qualified_at, closed_at = excluded.closed_at
                """)
        let known: [(any DatabaseValueConvertible)?] = [
            record.handoffID, record.leadID, record.round, record.repID, record.team, record.assignmentEvent,
            record.score.total, record.score.grade,
        ]
        try statement.execute(arguments: StatementArguments(known + steps.map { record.steps[$0] }))
    }
}
