import Contracts
import GRDB

extension StoreTransaction {
    /// Records an event in the inbox.
    ///
    /// - Returns: whether it is new; one that is not has had its effects already.
    package func receive(eventID: String) throws -> Bool {
        try database.run(
            "INSERT OR IGNORE INTO inbox (event_id, received_at) VALUES (?, ?)", [.text(eventID), .instant(now)])
        return database.changesCount > 0
    }
}

/// What a call of `Publish` may hold.
package enum BatchLimits {
    package static let maxEvents = Outbox.maxBatchEvents
    package static let maxBytes = Outbox.maxBatchBytes
}
