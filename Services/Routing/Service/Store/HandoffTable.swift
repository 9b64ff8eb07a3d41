import Contracts
import GRDB
import Kernel
import RoutingDomain
import Storage

/// A handoff and its row.
struct StoredHandoff {
    let sequence: Int64
    var handoff: Handoff
    /// What it waits for; nil unless it waits.
    var queue: String?
    /// The changing columns as they are stored.
    fileprivate var columns: [ColumnValue]
}

/// Handoffs, and the packets, decisions, rejections and activities that belong to them.
struct HandoffTable {
    let database: Database

    // MARK: - Finding

    func find(_ handoffID: String) throws -> StoredHandoff? {
        try database.row(Self.selectByID, [.text(handoffID)], Self.stored)
    }

    func find(sequence: Int64) throws -> StoredHandoff? {
        try database.row("\(Self.select) WHERE sequence = ?", [.integer(sequence)], Self.stored)
    }

    func latest(lead leadID: String) throws -> StoredHandoff? {
        try database.row(
            "\(Self.select) WHERE lead_id = ? ORDER BY sequence DESC LIMIT 1", [.text(leadID)], Self.stored)
    }

    func open(lead leadID: String) throws -> StoredHandoff? {
        try database.row(
            "\(Self.select) WHERE lead_id = ? AND state NOT IN ('recycled', 'closed')", [.text(leadID)], Self.stored)
    }

    /// In the order in which they came to be, narrowed by what is given.
    ///
    /// - Parameter leadIDs: the ids that mean one lead; none for any lead.
    func list(
        state: HandoffState?, repID: String, leadIDs: [String], after: Int64, limit: Int
    ) throws -> [StoredHandoff] {
        var conditions = ["sequence > ?"]
        var values: [ColumnValue] = [.integer(after)]
        for (column, value) in [("state", state?.rawValue ?? ""), ("rep_id", repID)] where !value.isEmpty {
            conditions.append("\(column) = ?")
            values.append(.text(value))
        }
        if !leadIDs.isEmpty {
            conditions.append("lead_id IN (\(Self.places(leadIDs)))")
            values += leadIDs.map(ColumnValue.text)
        }
        if state == .waiting { conditions.append("queue IS NOT NULL") }
        var found: [StoredHandoff] = []
        try database.rows(
            "\(Self.select) WHERE \(conditions.joined(separator: " AND ")) ORDER BY sequence LIMIT ?",
            values + [.integer(limit)]
        ) { found.append(try Self.stored($0)) }
        return found
    }

    // MARK: - The queue

    /// One that waits, and where it stands in the queue.
    struct Waiting {
        let sequence: Int64
        let queue: String
        let createdAt: Instant
    }

    /// The queues that a rep may take from, or all in which someone waits.
    func queues(for repID: String?) throws -> [String] {
        var queues: [String] = []
        if let repID {
            let ofRep = "SELECT 'pool:' || pool_id FROM pool_member WHERE rep_id = ? UNION ALL SELECT 'rep:' || ?"
            try database.rows(ofRep, [.text(repID), .text(repID)]) { queues.append($0.text(0)) }
        } else {
            try database.rows(Self.allQueues, []) { queues.append($0.text(0)) }
        }
        return queues
    }

    /// The oldest of a queue behind another one, of whatever queue.
    func oldest(in queue: String, after last: Waiting?) throws -> Waiting? {
        try database.row(
            """
            SELECT sequence, created_at FROM handoff WHERE queue = ? AND (created_at, sequence) > (?, ?)
            ORDER BY created_at, sequence LIMIT 1
            """,
            [
                .text(queue), .integer(last?.createdAt.microseconds ?? .min), .integer(last?.sequence ?? 0),
            ]
        ) { Waiting(sequence: $0.integer(0), queue: queue, createdAt: $0.instant(1)) }
    }

    /// One step in the index a queue.
    private static let allQueues = """
        WITH RECURSIVE known (queue) AS (
            SELECT min(queue) FROM handoff WHERE queue IS NOT NULL
            UNION ALL
            SELECT (SELECT min(handoff.queue) FROM handoff WHERE handoff.queue > known.queue) FROM known
            WHERE known.queue IS NOT NULL)
        SELECT queue FROM known WHERE queue IS NOT NULL
        """

    func anyoneWaits() throws -> Bool {
        try database.row("SELECT 1 FROM handoff WHERE queue IS NOT NULL LIMIT 1", []) { _ in true } ?? false
    }

    // MARK: - Writing

    func insert(_ handoff: Handoff, queue: String?) throws -> StoredHandoff {
        let columns = Self.columns(of: handoff, queue: queue)
        try database.run(
            Self.insertion,
            [
                .text(handoff.id), .text(handoff.leadID), .integer(Partition.of(handoff.leadID)),
                .integer(handoff.agreementVersion), .instant(handoff.createdAt),
            ] + columns)
        return StoredHandoff(
            sequence: database.lastInsertedRowID, handoff: handoff, queue: queue, columns: columns)
    }

    /// Writes what differs from the row: naming a column costs SQLite an update of every index that has it.
    func update(_ stored: inout StoredHandoff) throws {
        let columns = Self.columns(of: stored.handoff, queue: stored.queue)
        let changed = columns.indices.filter { columns[$0] != stored.columns[$0] }
        guard !changed.isEmpty else { return }
        let changes = changed.map { "\(Self.changing[$0]) = ?" }.joined(separator: ", ")
        try database.run(
            "UPDATE handoff SET \(changes) WHERE sequence = ?",
            changed.map { columns[$0] } + [.integer(stored.sequence)])
        stored.columns = columns
    }

    private static let changing = [
        "state", "queue", "rep_id", "team", "pool_id", "assigned_at", "accepted_at", "touched_by_rep",
        "first_touched_at", "qualified_at", "closed_at", "reason_code", "reason_detail", "incomplete", "reassignments",
        "previous_rep_id", "waiting_since",
    ]

    static let select = """
        SELECT sequence, handoff_id, lead_id, agreement_version, created_at, \(changing.joined(separator: ", "))
        FROM handoff
        """

    private static let selectByID = "\(select) WHERE handoff_id = ?"

    private static let insertion = """
        INSERT INTO handoff (handoff_id, lead_id, partition, agreement_version, created_at,
            \(changing.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, \(changing.map { _ in "?" }.joined(separator: ", ")))
        """

    private static func columns(of handoff: Handoff, queue: String?) -> [ColumnValue] {
        [
            .text(handoff.state.rawValue), .optional(queue), .optional(handoff.repID), .text(handoff.team),
            .text(handoff.poolID), .instant(handoff.assignedAt), .instant(handoff.acceptedAt),
            .bool(handoff.touchedByRep), .instant(handoff.firstTouchedAt), .instant(handoff.qualifiedAt),
            .instant(handoff.closedAt), .text(handoff.reasonCode), .text(handoff.reasonDetail),
            .bool(handoff.incomplete), .integer(handoff.reassignments), .optional(handoff.previousRepID),
            .instant(handoff.waitingSince),
        ]
    }

    static func stored(_ row: StoredRow) throws -> StoredHandoff {
        guard let state = HandoffState(rawValue: row.text(5)) else {
            throw RowDecodingFault(column: "handoff.state", found: row.text(5))
        }
        var handoff = Handoff(
            id: row.text(1), leadID: row.text(2), agreementVersion: row.integer(3), createdAt: row.instant(4),
            incomplete: row.bool(18))
        handoff.state = state
        handoff.repID = row.optionalText(7)
        handoff.team = row.text(8)
        handoff.poolID = row.text(9)
        handoff.assignedAt = row.optionalInstant(10)
        handoff.acceptedAt = row.optionalInstant(11)
        handoff.touchedByRep = row.bool(12)
        handoff.firstTouchedAt = row.optionalInstant(13)
        handoff.qualifiedAt = row.optionalInstant(14)
        handoff.closedAt = row.optionalInstant(15)
        handoff.reasonCode = row.text(16)
        handoff.reasonDetail = row.text(17)
        handoff.reassignments = Int(row.integer(19))
        handoff.previousRepID = row.optionalText(20)
        handoff.waitingSince = row.optionalInstant(21)
        let queue = row.optionalText(6)
        return StoredHandoff(
            sequence: row.integer(0), handoff: handoff, queue: queue, columns: columns(of: handoff, queue: queue))
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
