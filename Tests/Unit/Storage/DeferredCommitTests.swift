import GRDB
import Kernel
import RPC
import Storage
import Synchronization
import Testing

/// A store that history is replayed into behaves as every other, until its process dies.
@Suite struct DeferredCommitTests {
    @Test func `what was written is read at once, and is in the file after closing`() async throws {
        let fixture = try StoreFixture(.replay)
        for index in 0..<1_203 {
            try await fixture.put("note-\(1_000 + index)")
            if index % 400 == 0 { #expect(try await fixture.notes().count == index + 1) }
        }
        try await fixture.store.close()
        #expect(try await StoreFixture(StoreSettings(), folder: fixture.folder).notes().count == 1_203)
        await #expect(throws: RPCError.self) { try await fixture.put("late") }
    }

    @Test func `a write that fails undoes itself alone, with its events`() async throws {
        struct Refusal: Error {}
        let fixture = try StoreFixture(.replay)
        try await fixture.put("before")
        await #expect(throws: Refusal.self) {
            try await fixture.store.write { transaction in
                try StoreFixture.put("refused", "text", transaction)
                try StoreFixture.tell("refused", transaction)
                throw Refusal()
            }
        }
        try await fixture.store.write { transaction in
            try? transaction.inSavepoint {
                try StoreFixture.tell("undone", transaction)
                throw Refusal()
            }
            try StoreFixture.tell("told", transaction)
        }
        #expect(try await fixture.notes() == ["before"])
        let keys = try await fixture.store.read { try String.fetchAll($0, sql: "SELECT key FROM outbox") }
        #expect(keys == ["told"])
    }

    @Test func `where answered writes are lost, it answers no more`() async throws {
        let fixture = try StoreFixture(.replay)
        try await fixture.put("before")
        await #expect(throws: RPCError.self) {
            try await fixture.store.write { transaction in try transaction.database.execute(sql: "ROLLBACK") }
        }
        await #expect(throws: RPCError.self) { try await fixture.notes() }
        await #expect(throws: RPCError.self) { try await fixture.put("after") }
        await #expect(throws: RPCError.self) { try await fixture.store.close() }
    }
}

/// What a fault of SQLite undoes stays undone.
@Suite struct UndoneTransactionTests {
    @Test func `nothing runs after it, also where the body hides the fault`() async throws {
        let fixture = try StoreFixture(.disposable)
        try await fixture.put("before")
        await #expect(throws: RPCError.self) {
            try await fixture.store.write { transaction in
                try StoreFixture.put("undone", "text", transaction)
                try transaction.database.execute(sql: "ROLLBACK")
                try? transaction.database.run("DELETE FROM note", [])
                try? transaction.database.execute(sql: "DELETE FROM note")
            }
        }
        #expect(try await fixture.notes() == ["before"])
    }
}

/// What is to follow a commit.
@Suite struct AfterCommitTests {
    @Test(arguments: [StoreSettings.disposable, .replay])
    func `it follows what was committed, and nothing that was undone`(settings: StoreSettings) async throws {
        struct Refusal: Error {}
        let fixture = try StoreFixture(settings)
        final class Seen: Sendable {
            let texts = Mutex<[String]>([])
            func note(_ text: String) { texts.withLock { $0.append(text) } }
        }
        let witness = Seen()
        try await fixture.store.write { transaction in
            transaction.afterCommit { witness.note("whole") }
            try? transaction.inSavepoint {
                transaction.afterCommit { witness.note("undone part") }
                throw Refusal()
            }
            try transaction.inSavepoint { transaction.afterCommit { witness.note("part") } }
        }
        try? await fixture.store.write { transaction in
            transaction.afterCommit { witness.note("undone") }
            throw Refusal()
        }
        #expect(witness.texts.withLock { $0 } == ["whole", "part"])
    }
}
