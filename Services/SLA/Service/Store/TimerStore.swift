public import GRDB
public import Kernel
import SLADomain
import Storage

/// The rows of timers.
public enum TimerStore {
    /// When the next timer has to fire, be it a checkpoint or a deadline; nil where none runs.
    ///
    /// One step in an index: a replay asks it as often as it likes.
    public static func nextDue(_ database: Database) throws -> Instant? {
        try database.row("SELECT MIN(next_fire_at) FROM timer WHERE next_fire_at IS NOT NULL", []) {
            $0.optionalInstant(0)
        } ?? nil
    }

    /// What is due, in order of time and arming.
    static func due(at now: Instant, limit: Int, _ database: Database) throws -> [FiringRound.Entry] {
        try entries(
            """
            \(selection) WHERE next_fire_at IS NOT NULL AND next_fire_at <= ? ORDER BY next_fire_at, number LIMIT ?
            """, [.instant(now), .integer(limit)], database)
    }

    /// All timers of a handoff, in the order of arming.
    static func timers(of handoff: HandoffRecord, _ database: Database) throws -> [FiringRound.Entry] {
        // A few, which SQLite would build a table to sort.
        try entries(ofHandoff, [.text(handoff.leadID), .text(handoff.handoffID)], database)
            .sorted { $0.number < $1.number }
    }

    static func insert(_ timer: HandoffTimer, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO timer (
                handoff_id, rule, round, rep_id, team, agreement_version, armed_at, due_at, state, ended_at,
                met_late_at, checkpoints_passed, next_fire_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(timer.handoffID), .text(timer.rule), .integer(timer.round), .text(timer.repID),
                .text(timer.team), .integer(timer.agreementVersion), .instant(timer.armedAt), .instant(timer.dueAt),
            ] + changing(timer))
    }

    /// Saves what can change.
    static func update(_ entry: FiringRound.Entry, _ database: Database) throws {
        try database.run(
            """
            UPDATE timer SET state = ?, ended_at = ?, met_late_at = ?, checkpoints_passed = ?, next_fire_at = ?
            WHERE number = ?
            """, changing(entry.timer) + [.integer(entry.number)])
    }

    private static func changing(_ timer: HandoffTimer) -> [ColumnValue] {
        [
            .text(timer.state.rawValue), .instant(timer.endedAt), .instant(timer.metLateAt),
            .integer(timer.checkpointsPassed), .instant(timer.nextFireAt),
        ]
    }

    /// A page of the list, in the order of arming.
    static func list(_ filter: TimerFilter, after number: Int64, limit: Int, _ database: Database) throws
        -> [FiringRound.Entry]
    {
        var conditions = ["number > ?"]
        var values: [ColumnValue] = [.integer(number)]
        // A literal, so that SQLite sees that the index of breaches fits.
        if let state = filter.state { conditions.append("state = '\(state.rawValue)'") }
        for (condition, value) in [
            ("timer.handoff_id = ?", filter.handoffID), ("timer.rep_id = ?", filter.repID),
        ] where !value.isEmpty {
            conditions.append(condition)
            values.append(.text(value))
        }
        if !filter.leadIDs.isEmpty {
            let places = filter.leadIDs.map { _ in "?" }.joined(separator: ", ")
            conditions.append("timer.handoff_id IN (SELECT handoff_id FROM handoff WHERE lead_id IN (\(places)))")
            values += filter.leadIDs.map(ColumnValue.text)
        }
        return try entries(
            """
            \(selection) WHERE \(conditions.joined(separator: " AND ")) ORDER BY number LIMIT ?
            """, values + [.integer(limit)], database)
    }

    private static func entries(_ sql: String, _ values: [ColumnValue], _ database: Database) throws
        -> [FiringRound.Entry]
    {
        var found: [FiringRound.Entry] = []
        try database.rows(sql, values) { found.append(try entry($0)) }
        return found
    }

    private static let selection = "SELECT \(columns(lead: "lead_id")) FROM timer JOIN handoff USING (handoff_id)"
    private static let ofHandoff = "SELECT \(columns(lead: "?")) FROM timer WHERE handoff_id = ?"

    /// - Parameter lead: what gives the id of the handoff's lead.
    private static func columns(lead: String) -> String {
        """
        number, timer.handoff_id, \(lead), rule, timer.round, timer.rep_id, timer.team, agreement_version, armed_at,
        due_at, state, ended_at, met_late_at, checkpoints_passed, next_fire_at
        """
    }

    private static func entry(_ row: StoredRow) throws -> FiringRound.Entry {
        guard let state = TimerState(rawValue: row.text(10)) else {
            throw DatabaseError(message: "timer \(row.integer(0)) has no such state")
        }
        return FiringRound.Entry(
            number: row.integer(0),
            timer: HandoffTimer(
                handoffID: row.text(1), rule: row.text(3), round: Int(row.integer(4)), leadID: row.text(2),
                repID: row.text(5), team: row.text(6), agreementVersion: row.integer(7), armedAt: row.instant(8),
                dueAt: row.instant(9), state: state, endedAt: row.optionalInstant(11),
                metLateAt: row.optionalInstant(12), checkpointsPassed: Int(row.integer(13)),
                nextFireAt: row.optionalInstant(14)))
    }
}

/// What a list of timers is narrowed by; empty means any.
struct TimerFilter: Sendable {
    var state: TimerState?
    var handoffID = ""
    /// Every id that means the lead.
    var leadIDs: [String] = []
    var repID = ""
}
