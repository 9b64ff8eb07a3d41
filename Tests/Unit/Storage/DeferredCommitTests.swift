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

/// A store that undoes nothing refuses what has changed nothing, and is of no use after anything else.
@Suite struct UndoingNothingTests {
    private struct Refusal: Error {}

    private static var settings: StoreSettings {
        var settings = StoreSettings.replay
        settings.undoesWrites = false
        return settings
    }

    @Test func `what fails before it has changed a row is refused alone, with its events`() async throws {
        let fixture = try StoreFixture(Self.settings)
        try await fixture.put("before")
        await #expect(throws: Refusal.self) {
            try await fixture.store.write { transaction in
                try StoreFixture.tell("refused", transaction)
                throw Refusal()
            }
        }
        try await fixture.store.write { transaction in
            try? transaction.inSavepoint {
                try StoreFixture.tell("dropped", transaction)
                throw Refusal()
            }
            try StoreFixture.put("after", "text", transaction)
            try StoreFixture.tell("told", transaction)
        }
        #expect(!fixture.store.isSpoiled)
        let keys = try await fixture.store.read { try String.fetchAll($0, sql: "SELECT key FROM outbox") }
        #expect(keys == ["told"])
        try await fixture.store.close()
        #expect(try await StoreFixture(StoreSettings(), folder: fixture.folder).notes() == ["after", "before"])
    }

    /// What fails once there is something to undo.
    enum Failure: CaseIterable {
        case whole, hiddenPart, refusedStatement

        func run(in transaction: StoreTransaction) throws {
            switch self {
            case .whole:
                try StoreFixture.put("halfway", "text", transaction)
                throw Refusal()
            case .hiddenPart:
                try? transaction.inSavepoint {
                    try StoreFixture.put("halfway", "text", transaction)
                    throw Refusal()
                }
            case .refusedStatement:
                try? transaction.inSavepoint { try StoreFixture.put("refused", "", transaction) }
            }
        }
    }

    @Test(arguments: Failure.allCases)
    func `what fails after it has changed something spoils it, which it tells`(_ failure: Failure) async throws {
        let fixture = try StoreFixture(Self.settings)
        try await fixture.put("before")
        await #expect(throws: (any Error).self) {
            try await fixture.store.write { try failure.run(in: $0) }
        }
        #expect(fixture.store.isSpoiled)
        let refusal = await #expect(throws: RPCError.self) { try await fixture.notes() }
        #expect(refusal?.code == .dataLoss)
        await #expect(throws: RPCError.self) { try await fixture.put("after") }
        await #expect(throws: RPCError.self) { try await fixture.store.close() }
    }

    @Test func `a store that undoes its writes is never spoiled`() async throws {
        let fixture = try StoreFixture(.replay)
        for failure in Failure.allCases { try? await fixture.store.write { try failure.run(in: $0) } }
        #expect(!fixture.store.isSpoiled)
        #expect(try await fixture.notes().isEmpty)
    }
}

/// Statements are found by where their text is.
@Suite struct StatementPlacesTests {
    @Test func `each connection finds its own, also one that is opened where another was closed`() async throws {
        let stores = try (0..<2).map { _ in try StoreFixture(.replay) }
        for (index, fixture) in stores.enumerated() { try await put("note \(index)", in: fixture.store) }
        #expect(try await stores[0].notes() == ["note 0"])
        #expect(try await stores[1].notes() == ["note 1"])
        var open = stores[0]
        for round in 10..<30 {
            try await open.store.close()
            open = try StoreFixture(.replay, folder: open.folder)
            try await put("round \(round)", in: open.store)
        }
        #expect(try await open.notes().count == 21)
    }

    private func put(_ id: String, in store: Store) async throws {
        try await store.write { try $0.database.run("INSERT INTO note (id, body) VALUES (?, 'text')", [.text(id)]) }
    }

    @Test func `texts that come and go at one place are not taken for each other`() async throws {
        let fixture = try StoreFixture(.replay)
        try await fixture.store.write { transaction in
            for number in 0..<6_000 {
                let found = try transaction.database.row("SELECT \(number) AS number, 'a text'", []) { $0.integer(0) }
                guard found == Int64(number) else { throw RPCError(.internal, "\(number): found \(found ?? -1)") }
            }
        }
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
