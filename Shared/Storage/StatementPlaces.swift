import GRDB
import Synchronization

/// Finds prepared statements by where their text is in memory: a text of the program is always at the same place, so
/// that no text is hashed and compared each time that its statement runs.
///
/// A place is taken only by one text as long as that text is known here. Of two that fall into one slot, each displaces
/// the other, and is found by what it says. Connections keep their statements themselves, and let them go.
struct StatementPlaces: Sendable {
    static let shared = StatementPlaces()

    private static let bits = 12
    private let slots = (0..<1 << bits).map { _ in Slot() }

    /// - Throws: `DatabaseError` where a text that is not known yet is no statement.
    func statement(_ text: String, _ database: Database) throws -> SQLiteStatement {
        guard let place = text.place else { return try database.cachedStatement(sql: text).sqliteStatement }
        let key = Key(connection: UInt(bitPattern: ObjectIdentifier(database)), place: place, length: text.utf8.count)
        let slot = slots[key.slot(bits: Self.bits)]
        if let found = slot.statement(key) { return found }
        let statement = try database.cachedStatement(sql: text)
        slot.put(key, text, statement)
        return statement.sqliteStatement
    }
}

extension StatementPlaces {
    private struct Key: Equatable {
        let connection: UInt
        let place: UInt
        let length: Int

        func slot(bits: Int) -> Int {
            // Knuth's multiplicative hash: its high bits are spread best.
            Int(truncatingIfNeeded: ((place ^ connection << 16) &* 0x9e37_79b9_7f4a_7c15) >> (UInt.bitWidth - bits))
        }
    }

    /// One statement at most.
    private final class Slot: Sendable {
        /// The statement is used by its connection alone, whose key comes with it.
        private struct Known: @unchecked Sendable {
            let key: Key
            /// Kept so that nothing else comes to its place.
            let text: String
            weak var statement: Statement?
        }

        private let known = Mutex<Known?>(nil)

        func statement(_ key: Key) -> SQLiteStatement? {
            known.withLock { known in
                // In its place: a copy of a weak reference is one more to keep count of.
                known?.key == key ? known?.statement?.sqliteStatement : nil
            }
        }

        func put(_ key: Key, _ text: String, _ statement: Statement) {
            let new = Known(key: key, text: text, statement: statement)
            known.withLock { $0 = new }
        }
    }
}

extension String {
    /// The address of its bytes; nil of a text so short that it has none.
    fileprivate var place: UInt? {
        guard utf8.count > 15 else { return nil }
        return utf8.withContiguousStorageIfAvailable { UInt(bitPattern: $0.baseAddress) }
    }
}
