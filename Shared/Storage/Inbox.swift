import Contracts
import GRDB

extension StoreTransaction {
    /// Records an event in the inbox.
    ///
    /// - Returns: whether it is new; one that is not has had its effects already.
    package func receive(eventID: String) throws -> Bool {
        try receive(eventIDs: [eventID])
    }

    /// Records events in the inbox, in their order.
    ///
    /// - Returns: whether all are new; where one is not, those that are have been recorded all the same.
    package func receive(eventIDs: [String]) throws -> Bool {
        var recorded = 0
        try Self.inboxInsert.run(eventIDs.flatMap { [.text($0), .instant(now)] }, database) { _ in
            recorded += database.changesCount
        }
        return recorded == eventIDs.count
    }

    private static let inboxInsert = RowInsert(
        "INSERT OR IGNORE INTO inbox (event_id, received_at) VALUES", columns: 2)
}

/// What a call of `Publish` may hold.
package enum BatchLimits {
    package static let maxEvents = Outbox.maxBatchEvents
    package static let maxBytes = Outbox.maxBatchBytes
}
