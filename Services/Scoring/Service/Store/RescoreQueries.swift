import GRDB
import Kernel
import ScoringDomain
import Storage

/// A row of `rescore`: how far the stored leads are on their way to a version.
struct Rescore: Sendable {
    /// In the order in which they began.
    var sequence: Int64 = 0
    let version: Int64
    let effectiveAt: Instant
    let begunAt: Instant
    var finishedAt: Instant?
    /// The last lead that was looked at.
    var cursor = ""
    /// When it began.
    let leads: Int
    var counts = RescoreCounts()
    var supersededBy: Int64?
}

/// Leads that a rescore has come across.
struct RescoreCounts: Sendable, Equatable {
    var lookedAt = 0
    /// Others were told of them.
    var changed = 0
    var qualified = 0
    var cooled = 0

    mutating func add(_ outcome: RescoreOutcome) {
        switch outcome {
        case .ready(let ready): if !ready.history.isEmpty { changed += 1 }
        case .whole(let renewal): add(renewal)
        }
    }

    private mutating func add(_ renewal: LeadRenewal) {
        let steps = renewal.stages.map(\.progress)
        if steps.contains(where: { !$0.steps.isEmpty }) { changed += 1 }
        for crossing in steps.flatMap(\.crossings) {
            if crossing.trigger != nil { qualified += 1 } else { cooled += 1 }
        }
    }
}

/// What the service asks of `rescore`.
enum RescoreQueries {
    static let migration = Migration(
        "scoring-rescore-1",
        sql: """
            -- How all stored leads are scored anew under each version that takes effect.
            CREATE TABLE rescore (
                sequence INTEGER PRIMARY KEY,
                version INTEGER NOT NULL UNIQUE,
                effective_at INTEGER NOT NULL,
                begun_at INTEGER NOT NULL,
                finished_at INTEGER,
                -- the last lead that was looked at, in the order of ids
                cursor TEXT NOT NULL,
                leads INTEGER NOT NULL CHECK (leads >= 0),
                looked_at INTEGER NOT NULL CHECK (looked_at >= 0),
                changed INTEGER NOT NULL CHECK (changed BETWEEN 0 AND looked_at),
                qualified INTEGER NOT NULL CHECK (qualified >= 0),
                cooled INTEGER NOT NULL CHECK (cooled >= 0),
                -- it ended before all leads were looked at: the rescore of this version does the rest
                superseded_by INTEGER CHECK (superseded_by IS NULL OR finished_at IS NOT NULL)
            ) STRICT;
            """)

    private static let columns = """
        sequence, version, effective_at, begun_at, finished_at, cursor, leads, looked_at, changed, qualified, cooled,
        superseded_by
        """

    static func find(_ version: Int64, _ database: Database) throws -> Rescore? {
        try database.row("SELECT \(columns) FROM rescore WHERE version = ?", [.integer(version)], rescore)
    }

    /// Those that began before another one, the latest first.
    static func list(before sequence: Int64, limit: Int, _ database: Database) throws -> [Rescore] {
        var found: [Rescore] = []
        try database.rows(
            "SELECT \(columns) FROM rescore WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
            [.integer(sequence), .integer(limit)]
        ) { found.append(rescore($0)) }
        return found
    }

    /// Begins one, which ends those that have not finished.
    static func begin(_ rescore: Rescore, _ database: Database) throws {
        try database.run(
            "UPDATE rescore SET finished_at = ?, superseded_by = ? WHERE finished_at IS NULL",
            [.instant(rescore.begunAt), .integer(rescore.version)])
        try database.run(
            """
            INSERT INTO rescore (version, effective_at, begun_at, cursor, leads, looked_at, changed, qualified, cooled)
            VALUES (?, ?, ?, '', ?, 0, 0, 0, 0)
            """,
            [
                .integer(rescore.version), .instant(rescore.effectiveAt), .instant(rescore.begunAt),
                .integer(rescore.leads),
            ])
    }

    static func save(_ rescore: Rescore, _ database: Database) throws {
        let counts = rescore.counts
        try database.run(
            """
            UPDATE rescore SET finished_at = ?, cursor = ?, looked_at = ?, changed = ?, qualified = ?, cooled = ?
            WHERE version = ?
            """,
            [
                .instant(rescore.finishedAt), .text(rescore.cursor), .integer(counts.lookedAt),
                .integer(counts.changed), .integer(counts.qualified), .integer(counts.cooled),
                .integer(rescore.version),
            ])
    }

    static func leads(_ database: Database) throws -> Int {
        try database.row("SELECT COUNT(*) FROM lead", []) { Int($0.integer(0)) } ?? 0
    }

    private static func rescore(_ row: StoredRow) -> Rescore {
        Rescore(
            sequence: row.integer(0), version: row.integer(1), effectiveAt: row.instant(2), begunAt: row.instant(3),
            finishedAt: row.optionalInstant(4), cursor: row.text(5), leads: Int(row.integer(6)),
            counts: RescoreCounts(
                lookedAt: Int(row.integer(7)), changed: Int(row.integer(8)), qualified: Int(row.integer(9)),
                cooled: Int(row.integer(10))),
            supersededBy: row.optionalInteger(11))
    }
}
