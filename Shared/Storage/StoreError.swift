import GRDB
import RPC

/// Why a store cannot be opened, for the operator.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// Another process, or another part of this one, has the store open.
        case inUse
        /// A newer program has migrated it.
        case newerSchema
        /// A migration that ran once has been edited since.
        case editedMigration
        /// The file belongs to another service or another program.
        case foreign
        /// SQLite did not take a setting that durability or integrity rests on.
        case unsafeSettings
        /// The file or its folder cannot be used.
        case unusable
    }

    public let reason: Reason
    public let description: String

    init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}

/// Tells faults of the storage itself from faults of what was to be stored.
package enum StorageFault {
    /// What the caller is told of a fault of the storage; every other error as it is.
    package static func translated(_ error: any Error) -> any Error {
        guard let fault = error as? DatabaseError, isOfStorage(error) else { return error }
        switch fault.resultCode {
        case .SQLITE_FULL: return RPCError(.resourceExhausted, "storage is full; nothing was changed", cause: fault)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return RPCError(.dataLoss, "storage is damaged", cause: fault)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return RPCError(.unavailable, "storage is busy; nothing was changed", cause: fault)
        default: return RPCError(.unavailable, "storage is unavailable; nothing was changed", cause: fault)
        }
    }

    /// Whether the disk, the memory or the connection failed: to be tried again, whatever was to be stored.
    package static func isOfStorage(_ error: any Error) -> Bool {
        guard let fault = error as? DatabaseError else { return false }
        return codes.contains(fault.resultCode)
    }

    private static let codes: [ResultCode] = [
        .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_BUSY, .SQLITE_LOCKED,
        .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_INTERRUPT, .SQLITE_ABORT, .SQLITE_MISUSE, .SQLITE_PROTOCOL,
    ]
}
