import AccordTesting
import Contracts
import Foundation
import GRDB
import Kernel
import Logging
import Platform
import RPC
import Storage
import SwiftProtobuf

/// A store with one table, in a folder of its own.
struct StoreFixture {
    let folder: TemporaryFolder
    let clock = ManualClock(Instant(seconds: 1_700_000_000))
    let store: Store

    static let note = Migration(
        "note-1", sql: "CREATE TABLE note (id TEXT PRIMARY KEY, body TEXT NOT NULL CHECK (body <> '')) STRICT")

    init(_ settings: StoreSettings = .disposable, folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        store = try Self.open(self.folder, clock, settings)
    }

    static func open(
        _ folder: TemporaryFolder, _ clock: ManualClock, _ settings: StoreSettings = .disposable,
        migrations: [Migration] = [note], owner: String = "scoring"
    ) throws -> Store {
        try Store(
            path: folder.path("store.sqlite"), owner: owner, clock: clock, ids: RandomIDSource(),
            migrations: migrations, settings: settings)
    }

    /// What a crash at this moment would leave.
    func crashCopy() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for name in ["store.sqlite", "store.sqlite-wal"]
        where FileManager.default.fileExists(atPath: folder.path(name)) {
            try FileManager.default.copyItem(atPath: folder.path(name), toPath: copy.path(name))
        }
        return copy
    }

    func put(_ id: String, _ body: String = "text") async throws {
        try await store.write { try Self.put(id, body, $0) }
    }

    static func put(_ id: String, _ body: String, _ transaction: StoreTransaction) throws {
        try transaction.database.cachedStatement(sql: "INSERT INTO note (id, body) VALUES (?, ?)")
            .execute(arguments: [id, body])
    }

    static func tell(_ key: String, _ transaction: StoreTransaction, reason: String = "") throws {
        let payload = WireEvent.OneOf_Payload.handoffRejected(.with { $0.reasonDetail = reason })
        try transaction.append(payload, key: key, occurredAt: transaction.now, agreementVersion: 0)
    }

    func notes() async throws -> [String] {
        try await store.read { try String.fetchAll($0, sql: "SELECT id FROM note ORDER BY id") }
    }

    static func context(key: String?, path: String = "/notes/Put") -> RPCContext {
        RPCContext(path: path, requestID: "r", idempotencyKey: key, logger: Logger(label: "test"))
    }
}
