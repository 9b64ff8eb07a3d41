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
        let statement = try database.cachedStatement(
            sql: "SELECT MIN(next_fire_at) FROM timer WHERE next_fire_at IS NOT NULL")
        return try Int64.fetchOne(statement).map(Instant.init(microseconds:))
    }

    /// What is due, in order of time and arming.
    static func due(at now: Instant, limit: Int, _ database: Database) throws -> [FiringRound.Entry] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(columns) FROM timer JOIN handoff USING (handoff_id)
                WHERE next_fire_at IS NOT NULL AND next_fire_at <= ? ORDER BY next_fire_at, number LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [now, limit]).map(entry)
    }

    static func timers(ofHandoff handoffID: String, _ database: Database) throws -> [HandoffTimer] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(columns) FROM timer JOIN handoff USING (handoff_id) WHERE timer.handoff_id = ? ORDER BY number
                """)
        return try Row.fetchAll(statement, arguments: [handoffID]).map { try entry($0).timer }
    }

    static func insert(_ timer: HandoffTimer, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO timer (
                    handoff_id, rule, round, rep_id, team, agreement_version, armed_at, due_at, state, ended_at,
                    met_late_at, checkpoints_passed, next_fire_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            timer.handoffID, timer.rule, timer.round, timer.repID, timer.team, timer.agreementVersion, timer.armedAt,
            timer.dueAt, timer.state.rawValue, timer.endedAt, timer.metLateAt, timer.checkpointsPassed,
            timer.nextFireAt,
        ])
    }

    /// Saves what can change.
    static func update(_ timer: HandoffTimer, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                UPDATE timer SET state = ?, ended_at = ?, met_late_at = ?, checkpoints_passed = ?, next_fire_at = ?
                WHERE handoff_id = ? AND rule = ? AND round = ?
                """)
        try statement.execute(arguments: [
            timer.state.rawValue, timer.endedAt, timer.metLateAt, timer.checkpointsPassed, timer.nextFireAt,
            timer.handoffID, timer.rule, timer.round,
        ])
    }

    /// A page of the list, in the order of arming.
    static func list(_ filter: TimerFilter, after number: Int64, limit: Int, _ database: Database) throws
        -> [FiringRound.Entry]
    {
        var conditions = ["number > ?"]
        var arguments: StatementArguments = [number]
        // A literal, so that SQLite sees that the index of breaches fits.
        if let state = filter.state { conditions.append("state = '\(state.rawValue)'") }
        for (condition, value) in [
            ("timer.handoff_id = ?", filter.handoffID), ("timer.rep_id = ?", filter.repID),
            ("timer.handoff_id IN (SELECT handoff_id FROM handoff WHERE lead_id = ?)", filter.leadID),
        ] where !value.isEmpty {
            conditions.append(condition)
            arguments += [value]
        }
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(columns) FROM timer JOIN handoff USING (handoff_id)
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY number LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: arguments + [limit]).map(entry)
    }

    private static let columns = """
        number, timer.handoff_id, lead_id, rule, timer.round, timer.rep_id, timer.team, agreement_version, armed_at,
        due_at, state, ended_at, met_late_at, checkpoints_passed, next_fire_at
        """

    private static func entry(_ row: Row) throws -> FiringRound.Entry {
        guard let state = TimerState(rawValue: row[10]) else {
            throw DatabaseError(message: "timer \(row[0] as Int64) has no such state")
        }
        return FiringRound.Entry(
            number: row[0],
            timer: HandoffTimer(
                handoffID: row[1], rule: row[3], round: row[4], leadID: row[2], repID: row[5], team: row[6],
                agreementVersion: row[7], armedAt: instant(row[8]), dueAt: instant(row[9]), state: state,
                endedAt: optionalInstant(row[11]), metLateAt: optionalInstant(row[12]), checkpointsPassed: row[13],
                nextFireAt: optionalInstant(row[14])))
    }

    private static func instant(_ microseconds: Int64) -> Instant { Instant(microseconds: microseconds) }

    private static func optionalInstant(_ microseconds: Int64?) -> Instant? {
        microseconds.map(Instant.init(microseconds:))
    }
}

/// What a list of timers is narrowed by; empty means any.
struct TimerFilter: Sendable {
    var state: TimerState?
    var handoffID = ""
    var leadID = ""
    var repID = ""
}
