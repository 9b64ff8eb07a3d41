public import Contracts
public import GRDB
public import Kernel
public import Storage
import SwiftProtobuf

/// Which ids mean one lead: a service's own copy of what Scoring tells of merges and splits.
///
/// A service keeps each row under the id under which it came, and asks here when it reads. So a split is exact, and
/// merges commute with what is told of the leads. Of two events that name one id, that with the higher sequence holds,
/// whichever came first.
public final class LeadIdentities: Sendable {
    /// As long as no leads have been merged, asking what an id means costs no statement.
    private let table = FilledTable("lead_identity")

    public init() {}

    /// The id that means a lead now; the id itself where it was never merged.
    public func rootID(of leadID: String, _ database: Database) throws -> String {
        guard try table.isFilled(database) else { return leadID }
        return try Self.identity(of: leadID, database)?.rootID ?? leadID
    }

    /// Every id that means the same lead as this one, in their order.
    public func ids(of leadID: String, _ database: Database) throws -> [String] {
        guard try table.isFilled(database) else { return [leadID] }
        let ids = try Self.ids(ofRoot: Self.identity(of: leadID, database)?.rootID ?? leadID, database)
        return ids.isEmpty ? [leadID] : ids
    }

    /// Whether a merge or a split ever named an id.
    public func wasEverMerged(_ leadID: String, _ database: Database) throws -> Bool {
        try table.isFilled(database) && Self.identity(of: leadID, database) != nil
    }

    /// Whether something that an id did was of that id alone, and not of a lead that others were part of.
    ///
    /// - Returns: true for a former id, of which nothing is told while it is one; of an id that stays, for what
    ///   happened before the last merge or split.
    public func wasOwn(_ leadID: String, at moment: Instant, _ database: Database) throws -> Bool {
        guard try table.isFilled(database), let identity = try Self.identity(of: leadID, database) else { return true }
        return identity.rootID != leadID || moment < identity.since
    }

    /// When a former id became part of the lead that it is part of now; nil of an id that means itself.
    public func mergedAt(_ leadID: String, _ database: Database) throws -> Instant? {
        guard try table.isFilled(database), let identity = try Self.identity(of: leadID, database) else { return nil }
        return identity.rootID == leadID ? nil : identity.since
    }

    /// Takes in a merge or a split.
    ///
    /// - Returns: the leads that it changes, before and after, each with every id that means it now: none, where it is
    ///   no lead any more. In their order.
    public func learn(_ event: WireEvent, in transaction: StoreTransaction) throws -> [(rootID: String, ids: [String])]
    {
        let database = transaction.database
        table.fill()
        var changed: Set<String> = []
        for identity in event.leadIdentities {
            for id in [identity.leadID] + identity.formerIds {
                let before = try Self.identity(of: id, database)
                guard identity.sequence > before?.sequence ?? 0 else { continue }
                changed.formUnion([before?.rootID ?? id, identity.leadID])
                try database.run(
                    """
                    INSERT INTO lead_identity (lead_id, root_id, sequence, since) VALUES (?, ?, ?, ?)
                    ON CONFLICT (lead_id) DO UPDATE SET root_id = excluded.root_id, sequence = excluded.sequence,
                        since = excluded.since
                    """,
                    [
                        .text(id), .text(identity.leadID), .integer(identity.sequence),
                        .instant(Instant(event.occurredAt)),
                    ])
            }
        }
        return try changed.sorted().map { ($0, try Self.ids(ofRoot: $0, database)) }
    }

    /// Lets the ids of a lead go that was erased. Whoever else was part of it is told apart: that Scoring split them may
    /// never be heard, since the event was about the one who was erased.
    ///
    /// - Returns: those others, as ``learn(_:in:)`` does.
    func forget(_ leadIDs: [String], _ database: Database) throws -> [(rootID: String, ids: [String])] {
        guard try table.isFilled(database) else { return [] }
        var others = Set(try leadIDs.compactMap { try Self.identity(of: $0, database)?.rootID }).subtracting(leadIDs)
        for id in leadIDs { try database.run("DELETE FROM lead_identity WHERE lead_id = ?", [.text(id)]) }
        for id in leadIDs {
            others.formUnion(try Self.ids(ofRoot: id, database))
            try database.run("UPDATE lead_identity SET root_id = lead_id WHERE root_id = ?", [.text(id)])
        }
        return try others.sorted().map { ($0, try Self.ids(ofRoot: $0, database)) }
    }

    private static func identity(
        of leadID: String, _ database: Database
    ) throws -> (rootID: String, sequence: Int64, since: Instant)? {
        try database.row(
            "SELECT root_id, sequence, since FROM lead_identity WHERE lead_id = ?", [.text(leadID)]
        ) { ($0.text(0), $0.integer(1), $0.instant(2)) }
    }

    private static func ids(ofRoot rootID: String, _ database: Database) throws -> [String] {
        var ids: [String] = []
        try database.rows(
            "SELECT lead_id FROM lead_identity WHERE root_id = ? ORDER BY lead_id", [.text(rootID)]
        ) { ids.append($0.text(0)) }
        return ids
    }

    /// The table; append it to the service's migrations.
    public static let migration = Migration(
        "lead-identity-1",
        sql: """
            CREATE TABLE lead_identity (
                lead_id TEXT PRIMARY KEY CHECK (lead_id <> ''),
                root_id TEXT NOT NULL CHECK (root_id <> ''),
                sequence INTEGER NOT NULL CHECK (sequence > 0),
                since INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX lead_identity_root ON lead_identity (root_id);
            """)
}

extension WireEvent {
    /// The leads that a merge or a split tells of, the one that stays first.
    public var leadIdentities: [WireLeadIdentity] {
        switch payload {
        case .leadsMerged(let merged): [merged.lead]
        case .leadsSplit(let split): [split.lead] + split.split
        default: []
        }
    }
}
