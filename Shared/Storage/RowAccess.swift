public import GRDB
import GRDBSQLite
public import Kernel
import Synchronization

/// A value of a row, as SQLite stores it.
public enum ColumnValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    public static func integer(_ value: Int) -> ColumnValue { .integer(Int64(value)) }

    /// As its microseconds.
    public static func instant(_ instant: Instant) -> ColumnValue { .integer(instant.microseconds) }

    public static func instant(_ instant: Instant?) -> ColumnValue { instant.map { .instant($0) } ?? .null }

    public static func bool(_ bool: Bool) -> ColumnValue { .integer(bool ? 1 : 0) }

    public static func optional(_ integer: Int64?) -> ColumnValue { integer.map { .integer($0) } ?? .null }

    public static func optional(_ real: Double?) -> ColumnValue { real.map { .real($0) } ?? .null }

    public static func optional(_ text: String?) -> ColumnValue { text.map { .text($0) } ?? .null }
}

/// The row that a statement stands on. Columns are numbered from 0; it is gone once the closure that got it returns.
public struct StoredRow {
    fileprivate let statement: SQLiteStatement

    public func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, CInt(column)) == SQLITE_NULL }

    public func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, CInt(column)) }

    public func real(_ column: Int) -> Double { sqlite3_column_double(statement, CInt(column)) }

    public func instant(_ column: Int) -> Instant { Instant(microseconds: integer(column)) }

    public func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

    public func optionalReal(_ column: Int) -> Double? { isNull(column) ? nil : real(column) }

    public func optionalInstant(_ column: Int) -> Instant? { isNull(column) ? nil : instant(column) }

    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    public func bool(_ column: Int) -> Bool { integer(column) != 0 }

    public func text(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// Whether a column holds the same bytes as a text.
    public func `is`(_ text: String, _ column: Int) -> Bool {
        let bytes = bytes(column)
        return text.utf8.count == bytes.count && text.utf8.elementsEqual(bytes)
    }

    /// The bytes of a BLOB or a text, for as long as the closure runs.
    public func withBytes<Value>(_ column: Int, _ read: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try read(bytes(column))
    }

    /// A BLOB, or a text as UTF-8; empty where it is null.
    public func blob(_ column: Int) -> [UInt8] { Array(bytes(column)) }

    private func bytes(_ column: Int) -> UnsafeRawBufferPointer {
        // The pointer before the length, as SQLite asks: reading a text may convert it.
        let start = sqlite3_column_blob(statement, CInt(column))
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, CInt(column))))
    }
}

/// Statements of services that run for every row of a batch: values are bound and read without the boxes that
/// `StatementArguments` and `Row` put around them. Statements are prepared once a connection.
extension Database {
    /// Runs a statement that gives no rows.
    ///
    /// - Parameter values: one for each `?`, in their order.
    /// - Throws: `DatabaseError`.
    public func run(_ sql: String, _ values: [ColumnValue]) throws {
        try run(sql, values[...])
    }

    func run(_ sql: String, _ values: ArraySlice<ColumnValue>) throws {
        try with(sql, values) { statement in
            while try step(statement, sql) {}
        }
    }

    /// The first row, read by a closure; nil where there is none.
    ///
    /// - Throws: `DatabaseError`, and what the closure throws.
    @inlinable
    public func row<Value>(_ sql: String, _ values: [ColumnValue], _ read: (StoredRow) throws -> Value) throws -> Value?
    {
        // Callers see through this one, to a value of their own; no more of it is generic.
        var value: Value?
        try first(sql, values) { value = try read($0) }
        return value
    }

    @usableFromInline
    func first(_ sql: String, _ values: [ColumnValue], _ read: (StoredRow) throws -> Void) throws {
        try with(sql, values[...]) { statement in
            if try step(statement, sql) { try read(StoredRow(statement: statement)) }
        }
    }

    /// Every row, one after the other. The closure must not run the same statement.
    ///
    /// - Throws: `DatabaseError`, and what the closure throws.
    public func rows(_ sql: String, _ values: [ColumnValue], _ read: (StoredRow) throws -> Void) throws {
        try with(sql, values[...]) { statement in
            while try step(statement, sql) { try read(StoredRow(statement: statement)) }
        }
    }

    /// Runs a closure with the statement and its values, which SQLite does not copy.
    private func with(
        _ sql: String, _ values: ArraySlice<ColumnValue>, _ body: (SQLiteStatement) throws -> Void
    ) throws {
        try refuseOutsideTransaction()
        let statement = try StatementPlaces.shared.statement(sql, self)
        guard sqlite3_stmt_busy(statement) == 0 else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "a statement is used within itself", sql: sql)
        }
        guard Int(sqlite3_bind_parameter_count(statement)) == values.count else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "wrong number of values", sql: sql)
        }
        // A place even where there are no bytes: SQLite takes a null pointer for NULL.
        let size = values.reduce(1) { $0 + $1.size }
        try withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { bytes in
            defer {
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
            }
            var start = 0
            for index in values.indices {
                let value = values[index]
                let place = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + value.size])
                value.copy(to: place)
                let code = value.bind(UnsafeRawBufferPointer(place), to: statement, CInt(index - values.startIndex + 1))
                guard code == SQLITE_OK else { throw failure(code, sql) }
                start += place.count
            }
            try body(statement)
        }
    }

    /// - Returns: whether the statement stands on a row.
    private func step(_ statement: SQLiteStatement, _ sql: String) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code, sql)
        }
    }

    /// Nothing but the cancellation of a task interrupts a statement.
    private func failure(_ code: CInt, _ sql: String) -> any Error {
        if code == SQLITE_INTERRUPT { return CancellationError() }
        let message = sqlite3_errmsg(sqliteConnection).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
    }
}

/// The connections on which a write's body runs.
private let writing = Mutex<Set<ObjectIdentifier>>([])

extension Database {
    /// Runs a write's body, none of whose statements may run once SQLite has undone its transaction: each would be a
    /// transaction of its own, also where the body hid the fault.
    func runBody<Value>(_ body: () throws -> Value) throws -> Value {
        writing.withLock { _ = $0.insert(ObjectIdentifier(self)) }
        defer { writing.withLock { _ = $0.remove(ObjectIdentifier(self)) } }
        let value = try body()
        guard isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }

    fileprivate func refuseOutsideTransaction() throws {
        if sqlite3_get_autocommit(sqliteConnection) != 0, writing.withLock({ $0.contains(ObjectIdentifier(self)) }) {
            throw DatabaseError(resultCode: .SQLITE_ABORT)
        }
    }
}

extension ColumnValue {
    /// Of a text or a BLOB, in bytes.
    fileprivate var size: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .blob(let blob): blob.count
        case .null, .integer, .real: 0
        }
    }

    /// - Parameter place: as large as the value.
    fileprivate func copy(to place: UnsafeMutableRawBufferPointer) {
        switch self {
        case .text(var text): text.withUTF8 { place.copyMemory(from: UnsafeRawBufferPointer($0)) }
        case .blob(let blob): blob.withUnsafeBytes { place.copyMemory(from: $0) }
        case .null, .integer, .real: break
        }
    }

    /// - Parameter bytes: those of this value; they stay where they are until the statement is reset.
    fileprivate func bind(_ bytes: UnsafeRawBufferPointer, to statement: SQLiteStatement, _ index: CInt) -> CInt {
        switch self {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
        case .real(let real): sqlite3_bind_double(statement, index, real)
        case .text:
            sqlite3_bind_text64(
                statement, index, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), nil,
                UInt8(SQLITE_UTF8))
        case .blob: sqlite3_bind_blob64(statement, index, bytes.baseAddress, UInt64(bytes.count), nil)
        }
    }
}
