import GRDB
import Storage

extension ServiceFixture {
    /// Where the store holds any of some values, in whatever column of whatever table, those of later programs included.
    ///
    /// - Parameters:
    ///   - values: looked for as parts of texts and BLOBs.
    ///   - tables: not looked at.
    /// - Returns: such as `lead.company: Fjord`.
    public func traces(of values: [String], except tables: Set<String>) async throws -> [String] {
        try await store.read { database in
            let all = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            return try all.filter { !tables.contains($0) }.flatMap { table in
                try database.columns(in: table).map(\.name).flatMap { column in
                    try values.filter { value in
                        let sql = "SELECT 1 FROM \"\(table)\" WHERE instr(CAST(\"\(column)\" AS BLOB), CAST(? AS BLOB))"
                        return try Int.fetchOne(database, sql: sql, arguments: [value]) != nil
                    }.map { "\(table).\(column): \($0)" }
                }
            }
        }
    }

    /// All that a service may keep of someone who was erased: that they were, and the erasure as it is told to others,
    /// in the place of what it has told of them.
    public static let keepersOfErasedIDs: Set<String> = ["erased_lead", "outbox"]
}
