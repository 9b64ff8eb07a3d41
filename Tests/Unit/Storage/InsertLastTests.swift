import AccordTesting
import GRDB
import Storage
import Testing

@Suite struct InsertLastTests {
    private struct Refusal: Error {}

    private static let insertion = RowInsert("INSERT INTO main.note (id, body) VALUES", columns: 2)

    private static func note(_ id: String, _ body: String = "text") -> [ColumnValue] { [.text(id), .text(body)] }

    @Test func rowsOfATransactionAreInsertedAtItsEnd() async throws {
        let fixture = try StoreFixture()
        let seen = try await fixture.store.write { transaction in
            for number in 0..<100 { transaction.insertLast(Self.note("\(100 + number)"), by: Self.insertion) }
            return try Int.fetchOne(transaction.database, sql: "SELECT count(*) FROM note")
        }
        #expect(seen == 0)
        #expect(try await fixture.notes() == (100..<200).map { "\($0)" })
    }

    @Test(arguments: [StoreSettings.disposable, .replay])
    func rowsOfAnUndonePartAreDroppedAndThoseAroundItStay(_ settings: StoreSettings) async throws {
        let fixture = try StoreFixture(settings)
        try await fixture.store.write { transaction in
            transaction.insertLast(Self.note("a"), by: Self.insertion)
            try? transaction.inSavepoint {
                transaction.insertLast(Self.note("undone"), by: Self.insertion)
                throw Refusal()
            }
            transaction.insertLast(Self.note("b"), by: Self.insertion)
        }
        #expect(try await fixture.notes() == ["a", "b"])
    }

    @Test func aRowThatCannotBeInsertedUndoesItsPartAlone() async throws {
        let fixture = try StoreFixture()
        try await fixture.store.write { transaction in
            try transaction.inSavepoint { transaction.insertLast(Self.note("a"), by: Self.insertion) }
            #expect(throws: DatabaseError.self) {
                try transaction.inSavepoint {
                    try StoreFixture.put("b", "text", transaction)
                    transaction.insertLast(Self.note("no body", ""), by: Self.insertion)
                }
            }
            transaction.insertLast(Self.note("c"), by: Self.insertion)
        }
        #expect(try await fixture.notes() == ["a", "c"])
    }

    @Test func rowsOfAWriteThatFailsAreNotThere() async throws {
        let fixture = try StoreFixture()
        await #expect(throws: Refusal.self) {
            try await fixture.store.write { transaction in
                transaction.insertLast(Self.note("a"), by: Self.insertion)
                throw Refusal()
            }
        }
        #expect(try await fixture.notes() == [])
    }

    @Test func rowsAndEventsCountAsChanges() async throws {
        let fixture = try StoreFixture()
        let changes = try await fixture.store.write { transaction in
            var changes = [transaction.changes]
            transaction.insertLast(Self.note("a"), by: Self.insertion)
            changes.append(transaction.changes)
            try StoreFixture.tell("key", transaction)
            changes.append(transaction.changes)
            try StoreFixture.put("b", "text", transaction)
            return changes + [transaction.changes]
        }
        #expect(changes == changes.sorted() && Set(changes).count == 4)
    }
}
