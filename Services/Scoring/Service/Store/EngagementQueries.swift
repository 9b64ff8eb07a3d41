import Contracts
import GRDB
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// What the service asks of `engagement`.
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
                .integer(partition), .text(engagement.kind), .blob(try engagement.storedBytes()),
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

    /// All engagement of a lead up to a moment that counts under some rules, oldest first; of some kinds alone, and what
    /// had been recorded by some time alone, where they are given.
    static func history(
        _ leadID: String, upTo asOf: Instant = .distantFuture, recordedBy: Instant? = nil, kinds: Set<String>? = nil,
        _ rules: ScoringRules, _ database: Database
    ) throws -> [WireEngagement] {
        var history: [WireEngagement] = []
        try database.rows(
            """
            SELECT kind, document FROM engagement WHERE lead_id = ? AND occurred_at <= ? AND \(counts)
            \(recordedBy == nil ? "" : "AND \(isRecorded)") ORDER BY occurred_at, engagement_id
            """,
            [.text(leadID), .instant(asOf), bound(rules)] + (recordedBy.map { [.instant($0), .instant($0)] } ?? [])
        ) { row in
            if let kinds, !kinds.contains(row.text(0)) { return }
            history.append(try WireEngagement(serializedBytes: row.blob(1)))
        }
        return history
    }

    /// The latest engagement of a lead up to a moment, newest first.
    static func latest(
        _ limit: Int, of leadID: String, upTo asOf: Instant, _ database: Database
    ) throws -> [WireEngagement] {
        var latest: [WireEngagement] = []
        try database.rows(
            """
            SELECT document FROM engagement WHERE lead_id = ? AND occurred_at <= ?
            ORDER BY occurred_at DESC, engagement_id DESC LIMIT ?
            """, [.text(leadID), .instant(asOf), .integer(limit)]
        ) { row in
            var engagement = try WireEngagement(serializedBytes: row.blob(0))
            // What came under a former id has that one.
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
