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
