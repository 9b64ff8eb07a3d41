public import GRDB

/// An `INSERT` of rows of one shape, many of them by one statement: a statement has a price of its own, about that of a
/// row.
public struct RowInsert: Sendable {
    /// From the largest; the last one is 1.
    private static let sizes = [64, 16, 4, 2, 1]
    private let identity = Identity()
    private let columns: Int
    private let statements: [(rows: Int, sql: String)]

    /// - Parameter head: up to and with `VALUES`.
    public init(_ head: String, columns: Int) {
        self.columns = columns
        let row = "(" + Array(repeating: "?", count: columns).joined(separator: ", ") + ")"
        statements = Self.sizes.map { rows in
            (rows, head + " " + Array(repeating: row, count: rows).joined(separator: ", "))
        }
    }

    /// Whether both are one and the same.
    func isSame(as other: RowInsert) -> Bool { identity === other.identity }

    /// Inserts rows in their order.
    ///
    /// - Parameters:
    ///   - values: of one row after the other.
    ///   - inserted: told after each statement how many rows it had.
    /// - Throws: `DatabaseError`; rows that were inserted before stay.
    public func run(_ values: [ColumnValue], _ database: Database, inserted: (_ rows: Int) -> Void = { _ in }) throws {
        if values.count == columns, let single = statements.last {
            try database.run(single.sql, values)
            return inserted(1)
        }
        var rest = values[...]
        for (rows, sql) in statements {
            while rest.count >= rows * columns {
                try database.run(sql, rest.prefix(rows * columns))
                rest = rest.dropFirst(rows * columns)
                inserted(rows)
            }
        }
    }
}

extension RowInsert {
    private final class Identity: Sendable {}
}
