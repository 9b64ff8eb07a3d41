import AccordTesting
import Contracts
import Foundation
import GRDB
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

@Suite struct StoreTests {
    @Test func aStoreIsDurableAndChecksItsReferences() async throws {
        let fixture = try StoreFixture(StoreSettings())
        let pragmas = try await fixture.store.write { transaction in
            [
                try Int.fetchOne(transaction.database, sql: "PRAGMA synchronous"),
                try Int.fetchOne(transaction.database, sql: "PRAGMA foreign_keys"),
            ]
        }
        #expect(pragmas == [2, 1])
        #expect(try await fixture.store.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
    }

    @Test func aSecondOpeningIsRefusedUntilTheFirstIsClosed() async throws {
        let fixture = try StoreFixture()
        try await fixture.put("a")
        #expect {
            try StoreFixture.open(fixture.folder, fixture.clock)
        } throws: { error in
            let error = error as? StoreError
            return error?.reason == .inUse && error?.description.contains("in use by process \(getpid())") == true
        }
        try await fixture.store.close()
        await #expect(throws: RPCError.self) { try await fixture.put("b") }
        let again = try StoreFixture(folder: fixture.folder)
        #expect(try await again.notes() == ["a"])
    }

    @Test func whatWasAnsweredSurvivesACrash() async throws {
        let fixture = try StoreFixture(StoreSettings())
        for index in 0..<20 {
            try await fixture.put("note-\(index)")
            guard index % 7 == 3 else { continue }
            let after = try StoreFixture(folder: try fixture.crashCopy())
            #expect(try await after.notes().count == index + 1)
        }
    }

    @Test func aFullDiskRefusesAndChangesNothing() async throws {
        var settings = StoreSettings.disposable
        settings.maxPageCount = 64
        let fixture = try StoreFixture(settings)
        let text = String(repeating: "x", count: 8_000)
        var stored = 0
        var refusal: RPCError?
        while refusal == nil, stored < 1_000 {
            do {
                try await fixture.put(String(format: "%05d", stored), text)
                stored += 1
            } catch {
                refusal = error as? RPCError
            }
        }
        #expect(refusal?.code == .resourceExhausted)
        #expect(refusal?.message.contains("storage is full") == true)
        #expect(refusal?.cause is DatabaseError)
        #expect(try await fixture.notes().count == stored)
        try await fixture.store.close()
        let roomier = try StoreFixture(folder: fixture.folder)
        try await roomier.put("z", text)
        #expect(try await roomier.notes().count == stored + 1)
    }

    @Test func aFullDiskFailsOneOfAGroupAndNoOther() async throws {
        var settings = StoreSettings.disposable
        settings.maxPageCount = 200
        let fixture = try StoreFixture(settings)
        let results = await withTaskGroup(of: (Int, Bool).self) { group in
            for index in 0..<40 {
                group.addTask {
                    let text = String(repeating: "x", count: index % 5 == 4 ? 2_000_000 : 100)
                    return (index, (try? await fixture.put(String(format: "%05d", index), text)) != nil)
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        #expect(results.allSatisfy { $0.value == ($0.key % 5 != 4) })
        #expect(try await fixture.notes().count == 32)
    }

    @Test func groupedWritesFailAloneAndSucceedAlone() async throws {
        let fixture = try StoreFixture()
        let failed = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<300 {
                group.addTask {
                    do {
                        try await fixture.store.write { transaction in
                            try StoreFixture.put("note-\(index)", "text", transaction)
                            try StoreFixture.tell("note-\(index)", transaction)
                            if index % 3 == 0 { throw RPCError(.aborted, "number \(index)") }
                        }
                        return false
                    } catch {
                        return (error as? RPCError)?.message == "number \(index)"
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failed == 100)
        #expect(try await fixture.notes().count == 200)
        #expect(try await fixture.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM outbox") } == 200)
    }

    @Test func aWriteCancelledBeforeItsTurnChangesNothing() async throws {
        let fixture = try StoreFixture()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await fixture.put("cancelled")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        try await fixture.put("kept")
        #expect(try await fixture.notes() == ["kept"])
    }

    @Test(arguments: [1, 2, 3, 91, 500])
    func theEventsOfAWriteAreToldInTheirOrder(count: Int) async throws {
        let fixture = try StoreFixture()
        let sink = Sink()
        let relay = Relay(fixture.store, subscriber: "metrics", kinds: [.handoffRejected], transport: sink)
        _ = try await relay.runOnce()
        let keys = (0..<count).map { "lead-\($0)" }
        try await fixture.store.write { transaction in
            for key in keys { try StoreFixture.tell(key, transaction) }
        }
        while try await relay.runOnce() > 0 {}
        #expect(await sink.keys == keys)
        let stored = try await fixture.store.read { database in
            try Row.fetchAll(database, sql: "SELECT position, key FROM outbox ORDER BY position")
                .map { "\($0[0] as Int) \($0[1] as String)" }
        }
        #expect(stored == keys.enumerated().map { "\($0 + 1) \($1)" })
    }

    @Test func anEventOfAnUndonePartIsNotTold() async throws {
        let fixture = try StoreFixture()
        let sink = Sink()
        let relay = Relay(fixture.store, subscriber: "metrics", kinds: [.handoffRejected], transport: sink)
        _ = try await relay.runOnce()
        try await fixture.store.write { transaction in
            try StoreFixture.tell("first", transaction)
            try? transaction.inSavepoint {
                try StoreFixture.tell("undone", transaction)
                try StoreFixture.tell("undone too", transaction)
                throw RPCError(.aborted, "undone")
            }
            try StoreFixture.tell("second", transaction)
            try? transaction.inSavepoint {
                try StoreFixture.tell("undone last", transaction)
                throw RPCError(.aborted, "undone")
            }
        }
        while try await relay.runOnce() > 0 {}
        #expect(await sink.keys == ["first", "second"])
    }
}

@Suite struct IdempotencyTests {
    private func put(_ fixture: StoreFixture, key: String?, id: String, path: String = "/notes/Put") async throws
        -> String
    {
        let request = WireDropParkedRequest.with { $0.eventIds = [id] }
        return try await fixture.store.command(StoreFixture.context(key: key, path: path), request: request) {
            try StoreFixture.put(id, "text", $0)
            return WireEventResult.with { $0.eventID = id }
        }.eventID
    }

    @Test func aRetryGetsTheAnswerOfTheFirstCallAndRunsNothing() async throws {
        let fixture = try StoreFixture()
        #expect(try await put(fixture, key: "k", id: "a") == "a")
        #expect(try await put(fixture, key: "k", id: "a") == "a")
        #expect(try await fixture.notes() == ["a"])
        await #expect(throws: DatabaseError.self) { try await put(fixture, key: nil, id: "a") }
    }

    @Test func concurrentRetriesHaveOneEffect() async throws {
        let fixture = try StoreFixture()
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await put(fixture, key: "k", id: "a") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: "a", count: 50))
    }

    @Test func aKeyIsForOneMethodAndOneRequest() async throws {
        let fixture = try StoreFixture()
        _ = try await put(fixture, key: "k", id: "a")
        for (id, path) in [("b", "/notes/Put"), ("a", "/notes/Other")] {
            await #expect {
                try await put(fixture, key: "k", id: id, path: path)
            } throws: {
                ($0 as? RPCError)?.code == .invalidArgument
            }
        }
        await #expect(throws: RPCError.self) {
            try await put(fixture, key: String(repeating: "k", count: 256), id: "c")
        }
        #expect(try await fixture.notes() == ["a"])
    }

    @Test func aFailedCallIsNotRemembered() async throws {
        let fixture = try StoreFixture()
        await #expect(throws: RPCError.self) {
            try await fixture.store.command(StoreFixture.context(key: "k")) { _ -> WireEventResult in
                throw RPCError(.unavailable, "not now")
            }
        }
        #expect(try await put(fixture, key: "k", id: "a") == "a")
    }

    @Test func answersAreForgottenAfterTheirTime() async throws {
        let fixture = try StoreFixture()
        _ = try await put(fixture, key: "k", id: "a")
        #expect(try await fixture.store.trim(Retention(), subscribers: []) == 0)
        fixture.clock.advance(by: .days(3))
        #expect(try await fixture.store.trim(Retention(), subscribers: []) == 1)
        #expect(try await put(fixture, key: "k", id: "b") == "b")
    }
}

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
        let ready = try PreparedEvent(
            payload, key: "lead-1", occurredAt: occurredAt, agreementVersion: 3, source: fixture.store.owner)
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
