import Foundation
import GRDB
import Kernel
import Storage
import Testing

/// Rows written and read without boxes mean the same to SQLite as those that GRDB writes.
@Suite struct RowAccessTests {
    private func database() throws -> DatabaseQueue {
        let queue = try DatabaseQueue()
        try queue.write {
            try $0.execute(
                sql:
                    "CREATE TABLE row (id INTEGER PRIMARY KEY, number INTEGER, real REAL, text TEXT, bytes BLOB) STRICT"
            )
        }
        return queue
    }

    private static let insertion = "INSERT INTO row (number, real, text, bytes) VALUES (?, ?, ?, ?)"

    @Test func `values come back as they went in, empty ones and null apart`() throws {
        let long = String(repeating: "äöü ", count: 500)
        try database().write { database in
            try database.run(Self.insertion, [.integer(-7), .real(2.5), .text(long), .blob([0, 255, 1])])
            try database.run(Self.insertion, [.integer(Int64.max), .real(0), .text(""), .blob([])])
            try database.run(Self.insertion, [.null, .null, .null, .null])
            try database.run(Self.insertion, [.instant(Instant(microseconds: 9)), .null, .text("a\0b"), .null])
            let rows = try Row.fetchAll(database, sql: "SELECT number, real, text, bytes FROM row ORDER BY id")
            func values(_ row: Int) -> [DatabaseValue] { Array(rows[row].databaseValues) }
            #expect(
                values(0) == [
                    (-7).databaseValue, 2.5.databaseValue, long.databaseValue, Data([0, 255, 1]).databaseValue,
                ])
            #expect(
                values(1) == [Int64.max.databaseValue, 0.0.databaseValue, "".databaseValue, Data().databaseValue])
            #expect(values(2) == [.null, .null, .null, .null])
            var read: [String] = []
            try database.rows("SELECT number, real, text, bytes FROM row WHERE id <= ? ORDER BY id", [.integer(4)]) {
                read.append("\($0.isNull(0)) \($0.integer(0)) \($0.real(1)) \($0.text(2).count) \($0.blob(3))")
            }
            #expect(
                read == [
                    "false -7 2.5 2000 [0, 255, 1]", "false \(Int64.max) 0.0 0 []", "true 0 0.0 0 []",
                    "false 9 0.0 3 []",
                ])
        }
    }

    @Test func `the first row alone is read, and none is nil`() throws {
        try database().write { database in
            for number in [3, 1, 2] { try database.run(Self.insertion, [.integer(number), .null, .null, .null]) }
            let sql = "SELECT number FROM row WHERE number > ? ORDER BY number"
            #expect(try database.row(sql, [.integer(1)]) { $0.integer(0) } == 2)
            #expect(try database.row(sql, [.integer(3)]) { $0.integer(0) } == nil)
        }
    }

    @Test func `a statement that failed tells why, and runs again`() throws {
        try database().write { database in
            let error = #expect(throws: DatabaseError.self) {
                try database.run(Self.insertion, [.text("no number"), .null, .null, .null])
            }
            #expect(error?.resultCode == .SQLITE_CONSTRAINT)
            #expect(error?.message?.contains("number") == true)
            #expect(error?.sql == Self.insertion)
            try database.run(Self.insertion, [.integer(1), .null, .null, .null])
            #expect(throws: DatabaseError.self) { try database.run(Self.insertion, [.integer(1)]) }
            #expect(try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM row") == 1)
        }
    }

    @Test func `a closure that throws leaves the statement ready`() throws {
        struct Stop: Error {}
        try database().write { database in
            for number in 1...3 { try database.run(Self.insertion, [.integer(number), .null, .null, .null]) }
            var seen: [Int64] = []
            for _ in 1...2 {
                #expect(throws: Stop.self) {
                    try database.rows("SELECT number FROM row ORDER BY id", []) {
                        seen.append($0.integer(0))
                        if seen.count.isMultiple(of: 2) { throw Stop() }
                    }
                }
            }
            #expect(seen == [1, 2, 1, 2])
        }
    }
}
