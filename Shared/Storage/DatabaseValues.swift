public import GRDB
public import Kernel

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// An instant is stored as its microseconds.
extension Instant: DatabaseValueConvertible {
    public var databaseValue: DatabaseValue { microseconds.databaseValue }

    public static func fromDatabaseValue(_ value: DatabaseValue) -> Instant? {
        Int64.fromDatabaseValue(value).map(Instant.init(microseconds:))
    }
}

extension Instant: SQLExpressible {}
extension Instant: StatementBinding {
    public func bind(to sqliteStatement: SQLiteStatement, at index: CInt) -> CInt {
        microseconds.bind(to: sqliteStatement, at: index)
    }
}

extension [UInt8] {
    /// As SQLite's BLOB.
    public var databaseBytes: Data { Data(self) }
}
