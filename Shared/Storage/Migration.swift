import GRDB
import Kernel

/// A step of the schema: append-only. One that has run never runs again and must never be edited.
public struct Migration: Sendable {
    public let name: String
    public let sql: String

    public init(_ name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// Says a part of a table's definition in other words, for the same rows: no row is read or written.
    ///
    /// SQLite's own way, <https://sqlite.org/lang_altertable.html#otheralter>. Use: a `CHECK` with a list of three or
    /// more makes SQLite build a table of the list for every row that is written; comparisons do not.
    public init(_ name: String, restating table: String, _ old: String, as new: String) {
        func quoted(_ text: String) -> String {
            "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        self.init(
            name,
            sql: """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(sql, \(quoted(old)), \(quoted(new)))
                    WHERE type = 'table' AND name = \(quoted(table));
                PRAGMA writable_schema = RESET;
                """)
    }

    /// FNV-1a of the SQL, to notice edits.
    var checksum: String {
        String(Partition.mix(Partition.fnv1a(sql.utf8)), radix: 16)
    }
}

/// A list of migrations that grows at its end only: that of the storage itself, and that of the service.
package struct SchemaScope: Sendable {
    package static let storage = "storage"

    package let name: String
    package let migrations: [Migration]

    package init(name: String, migrations: [Migration]) {
        self.name = name
        self.migrations = migrations
    }
}

/// Brings a file to the newest schema, or refuses it and says why.
enum SchemaMigrator {
    /// "ACRD"
    private static let applicationID = 0x4143_5244

    /// Each migration runs in a transaction of its own, with foreign keys checked at its end.
    static func migrate(_ database: Database, scopes: [SchemaScope], now: Instant) throws {
        try claim(database)
        let applied = try Row.fetchAll(
            database, sql: "SELECT scope, number, name, checksum FROM schema_migration ORDER BY scope, number")
        try check(applied, scopes)
        let counts = Dictionary(grouping: applied) { row -> String in row[0] }.mapValues(\.count)
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        for scope in scopes {
            for (number, migration) in scope.migrations.enumerated().dropFirst(counts[scope.name] ?? 0) {
                try apply(migration, number: number, scope: scope.name, database, now)
            }
        }
        try database.execute(sql: "PRAGMA foreign_keys = ON")
    }

    /// Makes an empty file ours; refuses one of another program.
    private static func claim(_ database: Database) throws {
        let id = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard id == applicationID || (id == 0 && tables == 0) else {
            throw StoreError(.foreign, "this SQLite file is not a store of Accord's")
        }
        guard id == 0 else { return }
        try database.inTransaction(.immediate) {
            try database.execute(
                sql: """
                    CREATE TABLE schema_migration (
                        scope TEXT NOT NULL,
                        number INTEGER NOT NULL,
                        name TEXT NOT NULL,
                        checksum TEXT NOT NULL,
                        applied_at INTEGER NOT NULL,
                        PRIMARY KEY (scope, number)
                    ) STRICT, WITHOUT ROWID;
                    PRAGMA application_id = \(applicationID);
                    """)
            return .commit
        }
    }

    private static func check(_ applied: [Row], _ scopes: [SchemaScope]) throws {
        for row in applied {
            let (scopeName, number, name, checksum): (String, Int, String, String) = (row[0], row[1], row[2], row[3])
            guard let scope = scopes.first(where: { $0.name == scopeName }) else {
                throw StoreError(.foreign, "this store belongs to the service \(scopeName)")
            }
            guard number < scope.migrations.count else {
                throw StoreError(
                    .newerSchema,
                    "this store has the migration \(name), which this program does not know: use the newer program, "
                        + "or a copy of the store from before it ran")
            }
            let known = scope.migrations[number]
            guard known.name == name, known.checksum == checksum else {
                throw StoreError(
                    .editedMigration,
                    "the migration \(name) has run here, but this program has another one in its place "
                        + "(\(known.name)): migrations are append-only")
            }
        }
    }

    private static func apply(
        _ migration: Migration, number: Int, scope: String, _ database: Database, _ now: Instant
    ) throws {
        try database.inTransaction(.immediate) {
            try database.execute(sql: migration.sql)
            try database.checkForeignKeys()
            try database.execute(
                sql: "INSERT INTO schema_migration VALUES (?, ?, ?, ?, ?)",
                arguments: [scope, number, migration.name, migration.checksum, now])
            return .commit
        }
    }
}
