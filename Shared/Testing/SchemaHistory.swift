public import GRDB
public import Hosting
import Kernel
import Platform
public import Storage

/// Opens a store as every older program left it, and lets the newest one go on from there.
public enum SchemaHistory {
    /// For each number of migrations that once were all: makes that store, fills it, opens it with all of them.
    ///
    /// - Parameters:
    ///   - fill: puts rows into a store that has the first `count` migrations.
    ///   - verify: looks at a store that was filled so and has them all now.
    /// - Returns: the schema that each history ended with, the first being that of a new store: all must be equal.
    public static func schemas(
        owner: String, _ migrations: [Migration],
        fill: @escaping @Sendable (_ count: Int, StoreTransaction) throws -> Void = { _, _ in },
        verify: @escaping @Sendable (_ count: Int, Database) throws -> Void = { _, _ in }
    ) async throws -> [[String]] {
        var found: [[String]] = []
        for count in [migrations.count] + Array(migrations.indices) {
            let folder = try TemporaryFolder()
            let old = try open(folder, owner, Array(migrations.prefix(count)))
            try await old.write { try fill(count, $0) }
            try await old.close()
            let new = try open(folder, owner, migrations)
            found.append(
                try await new.read { database in
                    try verify(count, database)
                    return try String.fetchAll(
                        database,
                        sql: "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
                })
            try await new.close()
        }
        return found
    }

    /// A store as an older program left it, for a ``ServiceFixture`` to go on from.
    ///
    /// - Parameters:
    ///   - count: how many migrations there were.
    ///   - fill: puts rows into it.
    public static func folder(
        _ service: any AccordService.Type, migrations count: Int,
        fill: @escaping @Sendable (StoreTransaction) throws -> Void
    ) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let old = try open(folder, service.name.rawValue, Array(service.migrations.prefix(count)))
        try await old.write { try fill($0) }
        try await old.close()
        return folder
    }

    private static func open(_ folder: TemporaryFolder, _ owner: String, _ migrations: [Migration]) throws -> Store {
        try Store(
            path: folder.path(ServiceFixture.storeName), owner: owner,
            clock: ManualClock(Instant(seconds: 1_700_000_000)),
            ids: SeededIDSource(seed: 1), migrations: migrations, settings: .disposable)
    }
}
