public import Contracts
public import GRDB
import Kernel
import RPC
public import Storage

/// Who was erased: the ids that a service must not hear of again, which are all that it keeps of them.
///
/// Events of different services come in no common order. What one tells of a lead after its erasure was heard, or tells
/// of others with it, has no effect: see ``EventDispatch``.
public final class ErasedLeads: Sendable {
    private let identities: LeadIdentities
    /// As long as no one was erased, asking costs no statement.
    private let table = FilledTable("erased_lead")

    /// - Parameter identities: the service's own.
    public init(_ identities: LeadIdentities) { self.identities = identities }

    public func contains(_ leadID: String, _ database: Database) throws -> Bool {
        guard try table.isFilled(database) else { return false }
        return try database.row("SELECT 1 FROM erased_lead WHERE lead_id = ?", [.text(leadID)]) { _ in true } ?? false
    }

    /// - Throws: `not_found` where the lead was erased.
    public func refuse(_ leadID: String, _ database: Database) throws {
        guard try !contains(leadID, database) else { throw RPCError(.notFound, "lead \(leadID) was erased") }
    }

    /// Takes an erasure in, which may be told several times: every event about the lead that is still stored anywhere
    /// becomes one.
    ///
    /// - Returns: what it erases here; nil where that was done before.
    public func learn(_ event: WireEvent, in transaction: StoreTransaction) throws -> ErasedLead? {
        let database = transaction.database
        let told = event.leadErased
        let ids = try Set([told.leadID] + told.otherIds).sorted().filter { id in
            try !id.isEmpty && !contains(id, database)
        }
        guard let first = ids.first else { return nil }
        let rootID = try identities.rootID(of: first, database)
        let wasMerged = try ids.contains { try identities.wasEverMerged($0, database) }
        // What this transaction inserts at its end may be about the lead.
        try transaction.insertRows()
        table.fill()
        for id in ids {
            try database.run(
                "INSERT INTO erased_lead (lead_id, erased_at) VALUES (?, ?)", [.text(id), .instant(transaction.now)])
        }
        let others = try identities.forget(ids, database)
        transaction.erase(ids)
        return ErasedLead(ids: ids, rootID: rootID, wasMerged: wasMerged, others: others)
    }

    /// What an event tells of leads that were not erased: nil where it is about one that was.
    func rest(of event: WireEvent, _ database: Database) throws -> WireEvent? {
        guard try table.isFilled(database), event.isAboutLead, event.payload?.kind != .leadErased else { return event }
        guard try !contains(event.key, database) else { return nil }
        return try event.without { try contains($0, database) }
    }

    /// The table; append it to the service's migrations.
    public static let migration = Migration(
        "erased-lead-1",
        sql: """
            CREATE TABLE erased_lead (
                lead_id TEXT PRIMARY KEY CHECK (lead_id <> ''),
                erased_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
}

/// A person to be removed from a service's tables.
public struct ErasedLead: Sendable {
    /// Every id that meant the lead, in their order.
    public let ids: [String]
    /// The one that meant it last.
    public let rootID: String
    /// Whether it ever was one with another lead, whose rows may tell of it.
    public let wasMerged: Bool
    /// Leads that were one with it and are not erased, each with every id that means it now.
    public let others: [(rootID: String, ids: [String])]
}

extension WireEvent {
    /// Without what it says of other leads than that of its key, where they were erased: what came under an id that was
    /// part of the lead then, and such ids.
    fileprivate func without(_ isErased: (String) throws -> Bool) throws -> WireEvent {
        var rest = self
        let isGone = { (engagement: WireEngagement) in
            try !engagement.leadID.isEmpty && engagement.leadID != key && isErased(engagement.leadID)
        }
        switch payload {
        case .leadScored: try rest.leadScored.engagements.removeAll(where: isGone)
        case .leadQualified: try rest.leadQualified.context.engagements.removeAll(where: isGone)
        case .leadRequalified: try rest.leadRequalified.context.engagements.removeAll(where: isGone)
        case .leadsMerged: try rest.leadsMerged.lead.formerIds.removeAll(where: isErased)
        case .leadsSplit:
            try rest.leadsSplit.lead.formerIds.removeAll(where: isErased)
            try rest.leadsSplit.split.removeAll { try isErased($0.leadID) }
            for index in rest.leadsSplit.split.indices {
                try rest.leadsSplit.split[index].formerIds.removeAll(where: isErased)
            }
        default: break
        }
        return rest
    }
}
