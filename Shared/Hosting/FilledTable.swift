import GRDB
import Storage
import Synchronization

/// Whether a table has ever had a row since its store was opened. Until it has, asking costs no statement but the first.
final class FilledTable: Sendable {
    private let name: String
    /// Nil as long as the store was not asked.
    private let known = Mutex<Bool?>(nil)

    /// - Parameter name: of this program's, not of anyone else's: it becomes part of a statement.
    init(_ name: String) { self.name = name }

    func isFilled(_ database: Database) throws -> Bool {
        if let known = known.withLock({ $0 }) { return known }
        let found = try database.row("SELECT EXISTS (SELECT 1 FROM \(name))", []) { $0.bool(0) } ?? false
        // A row that was inserted meanwhile is newer than what this transaction sees.
        return known.withLock { known in
            if known == nil { known = found }
            return known == true
        }
    }

    /// Call it before a row is inserted.
    func fill() { known.withLock { $0 = true } }
}
