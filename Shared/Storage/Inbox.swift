import Contracts
import GRDB

extension StoreTransaction {
    /// Records an event in the inbox.
    ///
    /// - Returns: whether it is new; one that is not has had its effects already.
    package func receive(eventID: String) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO inbox (event_id, received_at) VALUES (?, ?)")
        try statement.execute(arguments: [eventID, now])
        return database.changesCount > 0
    }
}

/// What a call of `Publish` may hold.
package enum BatchLimits {
    package static let maxEvents = Outbox.maxBatchEvents
    package static let maxBytes = Outbox.maxBatchBytes
}
