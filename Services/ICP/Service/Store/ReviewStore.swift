import Contracts
import GRDB
import ICPDomain
import Kernel
import Storage
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A row of `review`.
struct StoredReview: Sendable {
    var review: SectionReview
    /// What has been told of it.
    var told: Told

    enum Told: Int, Sendable {
        case nothing = 0
        case due = 1
        case overdue = 2
    }
}

/// Reviews in the store: one that is open for each section, and all that were closed. One whose section was dropped
/// stays in its table, and nobody sees it.
enum ReviewStore {
    static func find(_ id: Int64, _ database: Database) throws -> StoredReview? {
        try reviews(database, "review_id = ?", [id]).first
    }

    static func open(_ database: Database) throws -> [StoredReview] {
        try reviews(database, "closed_at IS NULL ORDER BY review_id", [])
    }

    /// In the order in which they came to be.
    static func list(
        status: ReviewStatus?, section: String, after id: Int64, limit: Int, now: Instant, _ database: Database
    ) throws -> [StoredReview] {
        var conditions = ["review_id > ?"]
        var arguments: StatementArguments = [id]
        if !section.isEmpty {
            conditions.append("section = ?")
            arguments += [section]
        }
        switch status {
        case .closed: conditions.append("closed_at IS NOT NULL")
        case .upcoming:
            conditions.append("closed_at IS NULL AND due_at > ?")
            arguments += [now]
        case .due:
            conditions.append("closed_at IS NULL AND due_at <= ? AND overdue_at > ?")
            arguments += [now, now]
        case .overdue:
            conditions.append("closed_at IS NULL AND overdue_at <= ?")
            arguments += [now]
        case nil: break
        }
        return try reviews(
            database, "\(conditions.joined(separator: " AND ")) ORDER BY review_id LIMIT ?",
            arguments + [limit])
    }

    /// Open reviews that something is to be told of, those that are due longest first; at most so many.
    static func untold(at now: Instant, limit: Int, _ database: Database) throws -> [StoredReview] {
        try reviews(
            database,
            """
            closed_at IS NULL AND ((told = 0 AND due_at <= ?) OR (told = 1 AND overdue_at <= ?))
            ORDER BY due_at, review_id LIMIT ?
            """, [now, now, limit])
    }

    private static let isOpen = "closed_at IS NULL AND dropped_at IS NULL"

    private static let untold = """
        SELECT EXISTS (SELECT 1 FROM review WHERE \(isOpen) AND told = 0 AND due_at <= ?)
            OR EXISTS (SELECT 1 FROM review WHERE \(isOpen) AND told = 1 AND overdue_at <= ?)
        """

    static func isAnyUntold(at now: Instant, _ database: Database) throws -> Bool {
        try database.row(untold, [.instant(now), .instant(now)]) { $0.bool(0) } ?? false
    }

    /// Whether an agreement is in force and no section of it was ever to be reviewed.
    static func lacksBeginning(_ database: Database) throws -> Bool {
        try database.row(
            "SELECT EXISTS (SELECT 1 FROM agreement WHERE state = 'active') AND NOT EXISTS (SELECT 1 FROM review)", []
        ) { $0.bool(0) } ?? false
    }

    static func begin(_ section: String, since: Instant, interval: TimeSpan, _ database: Database) throws -> Int64 {
        let dates = SectionReview.dates(since: since, interval: interval)
        try database.execute(
            sql: "INSERT INTO review (section, since, due_at, overdue_at) VALUES (?, ?, ?, ?)",
            arguments: [section, since, dates.dueAt, dates.overdueAt])
        return database.lastInsertedRowID
    }

    static func move(_ id: Int64, dueAt: Instant, overdueAt: Instant, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE review SET due_at = ?, overdue_at = ? WHERE review_id = ?",
            arguments: [dueAt, overdueAt, id])
    }

    static func mark(_ id: Int64, _ told: StoredReview.Told, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE review SET told = ? WHERE review_id = ?", arguments: [told.rawValue, id])
    }

    /// The agreement says nothing of the section any more: it is not looked at.
    static func drop(_ id: Int64, at moment: Instant, _ database: Database) throws {
        try database.execute(sql: "UPDATE review SET dropped_at = ? WHERE review_id = ?", arguments: [moment, id])
    }

    static func close(_ review: SectionReview, _ closing: ReviewClosing, _ database: Database) throws {
        var closed = review
        closed.closing = closing
        try database.run(
            "UPDATE review SET closed_at = ?, closing = ? WHERE review_id = ?",
            [.instant(closing.at), .blob(closed.wire(now: closing.at).storedBytes()), .integer(review.id)])
    }

    private static func reviews(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [StoredReview] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT review_id, section, since, due_at, overdue_at, told, closing FROM review
                WHERE dropped_at IS NULL AND \(condition)
                """)
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let closing = try (row[6] as Data?).map { try WireReview(serializedBytes: $0) }
            return StoredReview(
                review: SectionReview(
                    id: row[0], section: row[1], since: row[2], dueAt: row[3], overdueAt: row[4],
                    closing: closing.flatMap(ReviewClosing.init)),
                told: StoredReview.Told(rawValue: row[5]) ?? .nothing)
        }
    }
}
