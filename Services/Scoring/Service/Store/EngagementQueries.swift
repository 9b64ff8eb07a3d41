import Contracts
import Criteria
import GRDB
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// What the service asks of `engagement`. Its `document` is an `accord.scoring.v1.Engagement` without what other columns
/// say: id, lead, kind and time. Older programs kept it whole.
enum EngagementQueries {
    /// - Parameter receivedAt: nil for what comes with its lead.
    /// - Returns: false where the id is known already; then nothing changes.
    static func insert(
        _ engagement: WireEngagement, partition: Int, receivedAt: Instant?, _ database: Database
    ) throws -> Bool {
        try database.run(
            """
            INSERT INTO engagement (lead_id, occurred_at, engagement_id, partition, kind, document, received_at)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                .text(engagement.leadID), .instant(Instant(engagement.occurredAt)), .text(engagement.engagementID),
                .integer(partition), .text(engagement.kind), .blob(try document(of: engagement)),
                .instant(receivedAt),
            ])
        return database.changesCount > 0
    }

    /// As ``insert(_:partition:receivedAt:_:)``, of a merged lead.
    ///
    /// - Parameter arrivedAs: the id under which it comes.
    static func insert(
        _ engagement: WireEngagement, arrivedAs: String, partition: Int, receivedAt: Instant?, _ database: Database
    ) throws -> Bool {
        guard try insert(engagement, partition: partition, receivedAt: receivedAt, database) else { return false }
        try MovingQueries.markMerged(engagement.engagementID, as: arrivedAs, in: engagement.leadID, database)
        return true
    }

    private static func document(of engagement: WireEngagement) throws -> [UInt8] {
        var document = engagement
        document.engagementID = ""
        document.leadID = ""
        document.kind = ""
        document.clearOccurredAt()
        return try document.storedBytes()
    }

    /// An engagement as it was told, but for its lead.
    ///
    /// - Parameter row: stands on a row whose first columns are ``whole``.
    static func engagement(_ row: StoredRow) throws -> WireEngagement {
        var engagement = try WireEngagement(serializedBytes: row.blob(3))
        engagement.engagementID = row.text(0)
        engagement.kind = row.text(1)
        engagement.occurredAt = row.instant(2).wire
        return engagement
    }

    /// The columns of ``engagement(_:)``.
    static let whole = "engagement_id, kind, occurred_at, document"

    /// All that a lead did up to a moment and that counts under some rules, oldest first; of some kinds alone, and what
    /// had been recorded by some time alone, where they are given.
    ///
    /// - Parameter left: ids of engagement that is left out.
    static func history(
        _ leadID: String, upTo asOf: Instant = .distantFuture, recordedBy: Instant? = nil, kinds: Set<String>? = nil,
        without left: [String] = [], _ rules: ScoringRules, _ database: Database
    ) throws -> [BehaviourFact] {
        var history: [BehaviourFact] = []
        let fields = EngagementFields { rules.reads(slot: $0) }
        var values: [ColumnValue] = [.text(leadID), .instant(asOf), bound(rules)]
        if let recordedBy { values += [.instant(recordedBy), .instant(recordedBy)] }
        try database.rows(recordedBy == nil ? counted : countedAndRecorded, values) { row in
            if let kinds, !kinds.contains(where: { row.is($0, 1) }) { return }
            if left.contains(where: { row.is($0, 0) }) { return }
            let (kind, occurredAt) = (row.text(1), row.instant(2))
            let record = try row.withBytes(3) { try fields.record($0, rules.catalogue, kind: kind, at: occurredAt) }
            history.append(BehaviourFact(kind: kind, occurredAt: occurredAt, record: record))
        }
        return history
    }

    private static let counted = """
        SELECT \(whole) FROM engagement WHERE lead_id = ? AND occurred_at <= ? AND \(counts)
        ORDER BY occurred_at, engagement_id
        """
    private static let countedAndRecorded = """
        SELECT \(whole) FROM engagement WHERE lead_id = ? AND occurred_at <= ? AND \(counts) AND \(isRecorded)
        ORDER BY occurred_at, engagement_id
        """

    /// The latest engagement of a lead up to a moment, newest first.
    static func latest(
        _ limit: Int, of leadID: String, upTo asOf: Instant, _ database: Database
    ) throws -> [WireEngagement] {
        var latest: [WireEngagement] = []
        try database.rows(
            """
            SELECT \(whole) FROM engagement WHERE lead_id = ? AND occurred_at <= ?
            ORDER BY occurred_at DESC, engagement_id DESC LIMIT ?
            """, [.text(leadID), .instant(asOf), .integer(limit)]
        ) { row in
            var engagement = try engagement(row)
            engagement.leadID = leadID
            latest.append(engagement)
        }
        return latest
    }

    /// What a lead ever did and that counts, up to a moment.
    static func kinds(
        of leadID: String, upTo asOf: Instant, _ rules: ScoringRules, _ database: Database
    ) throws -> Set<String> {
        var kinds: Set<String> = []
        try database.rows(
            "SELECT DISTINCT kind FROM engagement WHERE lead_id = ? AND occurred_at <= ? AND \(counts)",
            [.text(leadID), .instant(asOf), bound(rules)]
        ) { kinds.insert($0.text(0)) }
        return kinds
    }

    /// What a lead did up to a moment that gives no points, by kind.
    static func uncounted(
        of leadID: String, upTo asOf: Instant, _ rules: ScoringRules, _ database: Database
    ) throws -> [UncountedEngagement] {
        var found: [UncountedEngagement] = []
        try database.rows(
            """
            SELECT kind, \(counts) AS counts, COUNT(*), MIN(occurred_at), MAX(occurred_at) FROM engagement
            WHERE lead_id = ? AND occurred_at <= ? GROUP BY kind, counts ORDER BY kind, counts
            """, [bound(rules), .text(leadID), .instant(asOf)]
        ) { row in
            let isDeclared = rules.declares(row.text(0))
            guard !isDeclared || row.integer(1) == 0 else { return }
            let uncounted = UncountedEngagement(
                kind: row.text(0), reason: isDeclared ? .late : .undeclared, count: Int(row.integer(2)),
                firstAt: row.instant(3), lastAt: row.instant(4))
            if found.last?.kind == uncounted.kind, let known = found.popLast() {
                found.append(known.joined(with: uncounted))
            } else {
                found.append(uncounted)
            }
        }
        return found
    }

    /// Whether engagement counts, by the agreed bound in microseconds.
    static let counts = "ifnull(received_at - occurred_at <= ?, 1)"

    /// Whether engagement had been recorded by some time, given twice: what came with one of the ids of a merged lead was
    /// with that id, what came with any other was with it.
    private static let isRecorded = """
        coalesce(received_at, (SELECT arrived_at FROM lead_part p
            WHERE p.lead_id = coalesce(engagement.arrived_as, engagement.lead_id)), ?) <= ?
        """

    static func bound(_ rules: ScoringRules) -> ColumnValue {
        rules.settings.lateAfter.map { .integer(Int($0.microseconds)) } ?? .null
    }

    static func count(of leadID: String, upTo asOf: Instant, _ database: Database) throws -> Int {
        try database.row(
            "SELECT COUNT(*) FROM engagement WHERE lead_id = ? AND occurred_at <= ?",
            [.text(leadID), .instant(asOf)]
        ) { Int($0.integer(0)) } ?? 0
    }
}
