import Contracts
import GRDB
import Kernel
import RoutingDomain
import Storage
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A handoff and its row.
struct StoredHandoff {
    let sequence: Int64
    var handoff: Handoff
    /// What it waits for; nil unless it waits.
    var queue: String?
}

/// Handoffs, and the packets, decisions, rejections and activities that belong to them.
struct HandoffTable {
    let database: Database

    // MARK: - Finding

    func find(_ handoffID: String) throws -> StoredHandoff? {
        try one("SELECT \(Self.columns) FROM handoff WHERE handoff_id = ?", [handoffID])
    }

    func find(sequence: Int64) throws -> StoredHandoff? {
        try one("SELECT \(Self.columns) FROM handoff WHERE sequence = ?", [sequence])
    }

    func latest(lead leadID: String) throws -> StoredHandoff? {
        try one("SELECT \(Self.columns) FROM handoff WHERE lead_id = ? ORDER BY sequence DESC LIMIT 1", [leadID])
    }

    func open(lead leadID: String) throws -> StoredHandoff? {
        try one(
            "SELECT \(Self.columns) FROM handoff WHERE lead_id = ? AND state NOT IN ('recycled', 'closed')", [leadID])
    }

    /// In the order in which they came to be, narrowed by what is given.
    func list(
        state: HandoffState?, repID: String, leadID: String, after: Int64, limit: Int
    ) throws -> [StoredHandoff] {
        var conditions = ["sequence > ?"]
        var arguments: [any DatabaseValueConvertible] = [after]
        func narrow(_ column: String, _ value: String) {
            guard !value.isEmpty else { return }
            conditions.append("\(column) = ?")
            arguments.append(value)
        }
        narrow("state", state?.rawValue ?? "")
        narrow("rep_id", repID)
        narrow("lead_id", leadID)
        if state == .waiting { conditions.append("queue IS NOT NULL") }
        arguments.append(limit)
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(Self.columns) FROM handoff WHERE \(conditions.joined(separator: " AND "))
                ORDER BY sequence LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: StatementArguments(arguments)).map(Self.stored)
    }

    private func one(_ sql: String, _ arguments: StatementArguments) throws -> StoredHandoff? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments).map(Self.stored)
    }

    // MARK: - The queue

    /// One that waits, and where it stands in the queue.
    struct Waiting {
        let sequence: Int64
        let queue: String
        let createdAt: Instant
    }

    /// The next waiting handoffs, oldest first: those that a rep may take, or all of them.
    func waiting(for repID: String?, after last: Waiting?) throws -> [Waiting] {
        let position: StatementArguments = [last?.createdAt.microseconds ?? Int64.min, last?.sequence ?? 0]
        let next = "(created_at, sequence) > (?, ?) ORDER BY created_at, sequence LIMIT 64"
        let rows: [Row]
        if let repID {
            rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT sequence, queue, created_at FROM handoff
                        WHERE queue IN (SELECT 'pool:' || pool_id FROM pool_member WHERE rep_id = ?
                                        UNION ALL SELECT 'rep:' || ?) AND \(next)
                        """), arguments: [repID, repID] + position)
        } else {
            rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT sequence, queue, created_at FROM handoff WHERE queue IS NOT NULL AND \(next)"),
                arguments: position)
        }
        return rows.map { Waiting(sequence: $0[0], queue: $0[1], createdAt: Instant(microseconds: $0[2])) }
    }

    func anyoneWaits() throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM handoff WHERE queue IS NOT NULL LIMIT 1")
        return try Bool.fetchOne(statement) ?? false
    }

    // MARK: - Writing

    func insert(_ handoff: Handoff, queue: String?) throws -> StoredHandoff {
        let values = Self.values(of: handoff, queue: queue)
        try database.cachedStatement(
            sql: """
                INSERT INTO handoff (handoff_id, lead_id, partition, agreement_version, created_at, \(Self.changing))
                VALUES (?, ?, ?, ?, ?, \(values.map { _ in "?" }.joined(separator: ", ")))
                """
        ).execute(
            arguments: [
                handoff.id, handoff.leadID, Partition.of(handoff.leadID), handoff.agreementVersion, handoff.createdAt,
            ] + StatementArguments(values))
        return StoredHandoff(sequence: database.lastInsertedRowID, handoff: handoff, queue: queue)
    }

    func update(_ stored: StoredHandoff) throws {
        let values = Self.values(of: stored.handoff, queue: stored.queue)
        try database.cachedStatement(
            sql: """
                UPDATE handoff SET (\(Self.changing)) = (\(values.map { _ in "?" }.joined(separator: ", ")))
                WHERE sequence = ?
                """
        ).execute(arguments: StatementArguments(values) + [stored.sequence])
    }

    private static let changing = """
        state, queue, rep_id, team, pool_id, assigned_at, accepted_at, touched_by_rep, first_touched_at, qualified_at, \
        closed_at, reason_code, reason_detail, incomplete, reassignments, previous_rep_id
        """

    private static let columns = "sequence, handoff_id, lead_id, agreement_version, created_at, \(changing)"

    private static func values(of handoff: Handoff, queue: String?) -> [(any DatabaseValueConvertible)?] {
        [
            handoff.state.rawValue, queue, handoff.repID, handoff.team, handoff.poolID, handoff.assignedAt,
            handoff.acceptedAt, handoff.touchedByRep, handoff.firstTouchedAt, handoff.qualifiedAt, handoff.closedAt,
            handoff.reasonCode, handoff.reasonDetail, handoff.incomplete, handoff.reassignments, handoff.previousRepID,
        ]
    }

    private static func stored(_ row: Row) throws -> StoredHandoff {
        func instant(_ index: Int) -> Instant? { (row[index] as Int64?).map(Instant.init(microseconds:)) }
        guard let state = HandoffState(rawValue: row[5]) else {
            throw RowDecodingFault(column: "handoff.state", found: row[5])
        }
        var handoff = Handoff(
            id: row[1], leadID: row[2], agreementVersion: row[3], createdAt: Instant(microseconds: row[4]),
            incomplete: row[18])
        handoff.state = state
        handoff.repID = row[7]
        handoff.team = row[8]
        handoff.poolID = row[9]
        handoff.assignedAt = instant(10)
        handoff.acceptedAt = instant(11)
        handoff.touchedByRep = row[12]
        handoff.firstTouchedAt = instant(13)
        handoff.qualifiedAt = instant(14)
        handoff.closedAt = instant(15)
        handoff.reasonCode = row[16]
        handoff.reasonDetail = row[17]
        handoff.reassignments = row[19]
        handoff.previousRepID = row[20]
        return StoredHandoff(sequence: row[0], handoff: handoff, queue: row[6])
    }
}

/// The store holds what this version of the service cannot read.
struct RowDecodingFault: Error {
    let column: String
    let found: String
}

extension RoutingTarget {
    /// The name of the queue of leads that wait for it.
    var queue: String {
        switch self {
        case .pool(let id): "pool:\(id)"
        case .rep(let id): "rep:\(id)"
        }
    }
}
