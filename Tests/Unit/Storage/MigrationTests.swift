import AccordTesting
import Contracts
import Foundation
import GRDB
import Kernel
import Platform
import Storage
import SwiftProtobuf
import Testing

/// Stores of every age open, and no other files do.
@Suite struct MigrationTests {
    private let second = Migration("note-2", sql: "ALTER TABLE note ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody'")

    @Test func everyOlderSchemaOpensWithItsRows() async throws {
        let schemas = try await SchemaHistory.schemas(owner: "scoring", [StoreFixture.note, second]) {
            count, transaction in
            guard count > 0 else { return }
            try transaction.database.execute(sql: "INSERT INTO note (id, body) VALUES ('a', 'text')")
        } verify: { count, database in
            let authors = try String.fetchAll(database, sql: "SELECT author FROM note")
            #expect(authors == (count > 0 ? ["nobody"] : []))
        }
        #expect(schemas.count == 3)
        #expect(Set(schemas).count == 1)
    }

    @Test func aRestatedDefinitionKeepsItsRowsAndSaysTheNewWords() async throws {
        let first = Migration(
            "mood-1", sql: "CREATE TABLE mood (name TEXT NOT NULL CHECK (name IN ('glad', 'so-so', 'o''k'))) STRICT")
        let restated = Migration(
            "mood-2", restating: "mood", "name IN ('glad', 'so-so', 'o''k')", as: "name = 'glad' OR name = 'o''k'")
        let schemas = try await SchemaHistory.schemas(owner: "scoring", [first, restated]) { count, transaction in
            guard count == 1 else { return }
            try transaction.database.execute(sql: "INSERT INTO mood VALUES ('so-so')")
        } verify: { count, database in
            guard count == 1 else { return }
            let names = try String.fetchAll(database, sql: "SELECT name FROM mood")
            #expect(names == ["so-so"])
        }
        #expect(Set(schemas).count == 1)
        #expect(schemas[0].contains { $0.contains("CHECK (name = 'glad' OR name = 'o''k')") })
        let folder = try TemporaryFolder()
        let store = try StoreFixture.open(
            folder, ManualClock(Instant(seconds: 1_700_000_000)), migrations: [first, restated])
        try await store.write { try $0.database.execute(sql: "INSERT INTO mood VALUES ('o''k')") }
        await #expect(throws: (any Error).self) {
            try await store.write { try $0.database.execute(sql: "INSERT INTO mood VALUES ('so-so')") }
        }
        #expect(try await store.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])
    }

    @Test func everyOlderStorageSchemaOpens() async throws {
        for count in StorageSchema.migrations.indices {
            let folder = try TemporaryFolder()
            let clock = ManualClock(Instant(seconds: 1))
            let old = try Store(
                path: folder.path("store.sqlite"), owner: "scoring", clock: clock, ids: RandomIDSource(),
                settings: .disposable,
                scopes: [
                    SchemaScope(
                        name: SchemaScope.storage, migrations: Array(StorageSchema.migrations.prefix(max(1, count))))
                ])
            try await old.close()
            let new = try StoreFixture.open(folder, clock)
            try await new.write { try StoreFixture.tell("a", $0) }
        }
    }

    @Test func anEditedMigrationIsRefused() async throws {
        let fixture = try StoreFixture()
        try await fixture.store.close()
        let edited = Migration("note-1", sql: StoreFixture.note.sql + " ")
        for migrations in [[edited], [second]] {
            #expect {
                try StoreFixture.open(fixture.folder, fixture.clock, migrations: migrations)
            } throws: {
                ($0 as? StoreError)?.reason == .editedMigration
            }
        }
    }

    @Test func aNewerSchemaIsRefused() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock(Instant(seconds: 1))
        try await StoreFixture.open(folder, clock, migrations: [StoreFixture.note, second]).close()
        #expect {
            try StoreFixture.open(folder, clock)
        } throws: {
            ($0 as? StoreError)?.reason == .newerSchema && "\($0)".contains("note-2")
        }
    }

    @Test func aFileOfAnotherServiceOrProgramIsRefused() async throws {
        let fixture = try StoreFixture()
        try await fixture.store.close()
        #expect(throws: StoreError.self) {
            try StoreFixture.open(fixture.folder, fixture.clock, owner: "routing")
        }
        let folder = try TemporaryFolder()
        try await DatabaseQueue(path: folder.path("store.sqlite")).write {
            try $0.execute(sql: "CREATE TABLE other (a)")
        }
        #expect {
            try StoreFixture.open(folder, fixture.clock)
        } throws: {
            ($0 as? StoreError)?.reason == .foreign
        }
    }

    @Test func aMigrationThatFailsLeavesTheSchemaBeforeIt() async throws {
        let fixture = try StoreFixture()
        try await fixture.put("a")
        try await fixture.store.close()
        let bad = Migration("note-2", sql: "CREATE TABLE half (a) STRICT; DROP TABLE nothing")
        #expect(throws: (any Error).self) {
            try StoreFixture.open(fixture.folder, fixture.clock, migrations: [StoreFixture.note, bad])
        }
        let again = try StoreFixture(folder: fixture.folder)
        #expect(try await again.notes() == ["a"])
    }

    @Test func anEventThatWasMadeReadyIsStoredAsAnyOther() async throws {
        let fixture = try StoreFixture()
        let payload = WireEvent.OneOf_Payload.handoffRejected(.with { $0.reasonDetail = "no budget" })
        let occurredAt = fixture.clock.now()
        let ready = PreparedEvent(
            .handoffRejected, number: 33, key: "lead-1", occurredAt: occurredAt, agreementVersion: 3,
            source: fixture.store.owner
        ) { $0.add(3, "no budget") }
        try await fixture.store.write {
            try $0.append(payload, key: "lead-1", occurredAt: occurredAt, agreementVersion: 3)
            try $0.append(ready)
            try $0.append(ready)
        }
        let stored = try await fixture.store.read { try Data.fetchAll($0, sql: "SELECT event FROM outbox") }
        var events = try stored.map { try WireEvent(serializedBytes: $0) }
        #expect(Set(events.map(\.eventID)).count == 3 && events.allSatisfy { !$0.eventID.isEmpty })
        #expect(try events.map { try $0.serializedBytes() } == stored)
        for place in events.indices { events[place].eventID = "" }
        #expect(Set(events).count == 1)
    }
}
