import CSQLite
import GRDB

/// Opens SQLite as a store needs it, and makes sure that it took the settings.
enum StoreOpening {
    enum Writer {
        /// One connection that writes, others that read beside it.
        case pool(DatabasePool)
        /// One connection for all.
        case queue(DatabaseQueue)

        var database: any DatabaseWriter {
            switch self {
            case .pool(let pool): pool
            case .queue(let queue): queue
            }
        }
    }

    /// Once a process. Where SQLite is in use already, it goes on counting: slower, and nothing else.
    private static let memoryIsNotCounted = accord_sqlite_count_no_memory() == SQLITE_OK

    static func writer(_ path: String, owner: String, _ settings: StoreSettings) throws -> Writer {
        _ = memoryIsNotCounted
        var configuration = configuration(owner, settings)
        do {
            if settings.durability == .deferred {
                // The transaction stays open between writes.
                configuration.allowsUnsafeTransactions = true
                return .queue(try DatabaseQueue(path: path, configuration: configuration))
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            // DatabasePool sets NORMAL once it has turned the write-ahead log on, later than prepareDatabase.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = \(settings.durability.synchronous)")
            }
            return .pool(pool)
        } catch let fault as DatabaseError {
            throw StoreError(.unusable, "cannot open the store \(path): \(fault)")
        }
    }

    /// A connection that copies the write-ahead log to the file.
    static func copier(_ path: String, owner: String, _ settings: StoreSettings) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "accord.\(owner).log"
        configuration.busyMode = .timeout(WriteAheadLog.patience)
        configuration.prepareDatabase { database in
            // What it makes durable before it copies, and after, is as the store's settings ask for.
            try database.execute(sql: "PRAGMA synchronous = \(settings.durability.synchronous)")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func configuration(_ owner: String, _ settings: StoreSettings) -> Configuration {
        var configuration = Configuration()
        configuration.label = "accord.\(owner)"
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = max(1, settings.maxReaders)
        configuration.busyMode = .timeout(settings.busyTimeout / .seconds(1))
        configuration.prepareDatabase { database in
            let reads = database.configuration.readonly
            if !settings.undoesWrites, settings.durability == .deferred {
                // Of a new file: fewer steps from the root of an index to its rows, and fewer pages to look up. Before
                // the cache has its size, which SQLite counts in the pages of that moment.
                try database.execute(sql: "PRAGMA page_size = 16384; PRAGMA secure_delete = OFF")
            }
            let cache = reads ? max(1_024, settings.cacheKiB / 8) : settings.cacheKiB
            try database.execute(sql: "PRAGMA cache_size = -\(cache); PRAGMA trusted_schema = OFF")
            guard !reads else { return }
            // Savepoints keep the pages they would bring back in memory, not in a file.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            if settings.durability == .deferred {
                try database.execute(
                    sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
            } else {
                // What is erased must not stay in the file's free space.
                try database.execute(sql: "PRAGMA secure_delete = ON")
            }
            if let pages = settings.maxPageCount { try database.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        return configuration
    }

    /// Has SQLite keep nothing to undo a write with, where the settings say so: once the migrations have run. From then
    /// on there must be no `ROLLBACK`, whose outcome would be undefined.
    static func letGoOfJournal(_ database: Database, _ settings: StoreSettings) throws {
        guard settings.durability == .deferred, !settings.undoesWrites else { return }
        try database.execute(sql: "PRAGMA journal_mode = OFF")
    }

    /// - Throws: ``StoreError`` where durability or integrity is not what the settings ask for.
    static func verify(_ database: Database, _ settings: StoreSettings) throws {
        let found = [
            "synchronous": try Int.fetchOne(database, sql: "PRAGMA synchronous").map(String.init),
            "journal_mode": try String.fetchOne(database, sql: "PRAGMA journal_mode"),
            "foreign_keys": try Int.fetchOne(database, sql: "PRAGMA foreign_keys").map(String.init),
            "secure_delete": try Int.fetchOne(database, sql: "PRAGMA secure_delete").map(String.init),
        ]
        var expected = [
            "synchronous": "\(settings.durability.synchronous)",
            "journal_mode": settings.journalMode, "foreign_keys": "1",
        ]
        if settings.durability != .deferred { expected["secure_delete"] = "1" }
        for (name, value) in expected.sorted(by: { $0.key < $1.key }) where found[name] != value {
            throw StoreError(
                .unsafeSettings, "SQLite has \(name) = \((found[name] ?? nil) ?? "nothing") where \(value) is required")
        }
    }
}

extension StoreSettings {
    fileprivate var journalMode: String {
        guard durability == .deferred else { return "wal" }
        return undoesWrites ? "memory" : "off"
    }
}

extension StoreSettings.Durability {
    /// As `PRAGMA synchronous` numbers it.
    fileprivate var synchronous: Int {
        switch self {
        case .full: 2
        case .none, .deferred: 0
        }
    }
}
