import GRDB
import Hosting
import Kernel
import RoutingDomain
import Storage

/// Handoffs of a lead that several ids mean, and those that ended in favour of another one.
extension HandoffTable {
    /// All of a lead, oldest first.
    ///
    /// - Parameter leadIDs: every id that means it.
    func all(leads leadIDs: [String], openOnly: Bool = false) throws -> [StoredHandoff] {
        let open = openOnly ? "AND state NOT IN ('recycled', 'closed')" : ""
        var found: [StoredHandoff] = []
        try database.rows(
            "\(Self.select) WHERE lead_id IN (\(Self.places(leadIDs))) \(open) ORDER BY sequence",
            leadIDs.map(ColumnValue.text)
        ) { found.append(try Self.stored($0)) }
        return found
    }

    /// The one that tells most of a lead: that which is open, else the latest.
    func current(leads leadIDs: [String]) throws -> StoredHandoff? {
        if leadIDs.count == 1, let latest = try latest(lead: leadIDs[0]) {
            guard latest.handoff.reasonCode == Handoff.mergedReason else { return latest }
        }
        let all = try all(leads: leadIDs)
        let open = all.filter(\.handoff.state.isOpen).min { $0.handoff.goesOn(before: $1.handoff) }
        return try open ?? all.last { try goingOn($0.sequence) == $0.sequence }
    }

    /// The latest of a lead that was decided after a moment.
    ///
    /// - Parameter leadIDs: every id that means it.
    func closed(after moment: Instant, leads leadIDs: [String]) throws -> StoredHandoff? {
        try database.row(
            """
            \(Self.select) WHERE lead_id IN (\(Self.places(leadIDs))) AND closed_at > ? AND reason_code <> ?
            ORDER BY sequence DESC LIMIT 1
            """, leadIDs.map(ColumnValue.text) + [.instant(moment), .text(Handoff.mergedReason)], Self.stored)
    }

    static func places(_ values: [String]) -> String { values.map { _ in "?" }.joined(separator: ", ") }

    // MARK: - Ended in favour of another one

    func keepMerged(_ sequence: Int64, into other: Int64, before: Handoff) throws {
        try database.run(
            "INSERT INTO merged_handoff (sequence, into_sequence, reason_code, reason_detail) VALUES (?, ?, ?, ?)",
            [.integer(sequence), .integer(other), .text(before.reasonCode), .text(before.reasonDetail)])
    }

    /// Another one goes on in its stead than did so far.
    func point(_ sequence: Int64, to other: Int64) throws {
        try database.run(
            "UPDATE merged_handoff SET into_sequence = ? WHERE sequence = ?", [.integer(other), .integer(sequence)])
    }

    /// The one that goes on in the stead of another one; that itself where it has not ended so.
    func goingOn(_ sequence: Int64) throws -> Int64 {
        let other = try database.row(
            "SELECT into_sequence FROM merged_handoff WHERE sequence = ?", [.integer(sequence)]
        ) { $0.integer(0) }
        return try other.map(goingOn) ?? sequence
    }

    /// Those of a lead that ended in favour of one of another lead, that first which goes on before the others.
    func mergedIntoOthers(leads leadIDs: [String]) throws -> [StoredHandoff] {
        try all(leads: leadIDs).filter { stored in
            let lead = try database.row(
                """
                SELECT lead_id FROM merged_handoff JOIN handoff ON handoff.sequence = merged_handoff.into_sequence
                WHERE merged_handoff.sequence = ?
                """, [.integer(stored.sequence)]
            ) { $0.text(0) }
            return lead.map { !leadIDs.contains($0) } ?? false
        }.sorted { $0.handoff.goesOn(before: $1.handoff) }
    }

    /// The latest of an id that ended in favour of another one.
    func endedByMerge(lead leadID: String) throws -> StoredHandoff? {
        try database.row(
            "\(Self.select) WHERE lead_id = ? AND reason_code = ? ORDER BY sequence DESC LIMIT 1",
            [.text(leadID), .text(Handoff.mergedReason)], Self.stored)
    }

    /// Forgets that it ended.
    ///
    /// - Returns: the reason that it had before.
    func takeMerged(_ sequence: Int64) throws -> (code: String, detail: String) {
        let reason = try database.row(
            "SELECT reason_code, reason_detail FROM merged_handoff WHERE sequence = ?", [.integer(sequence)]
        ) { (code: $0.text(0), detail: $0.text(1)) }
        try database.run("DELETE FROM merged_handoff WHERE sequence = ?", [.integer(sequence)])
        return reason ?? ("", "")
    }
}

extension Schema {
    /// One that waited ends without a rep.
    static let merged = [
        Migration(
            "routing-3", restating: "handoff", "(rep_id IS NULL) = (state = 'waiting')",
            as: "(rep_id IS NULL) = (state = 'waiting') OR state = 'closed'"),
        Migration(
            "routing-4", restating: "handoff", "(assigned_at IS NULL) = (state = 'waiting')",
            as: "(assigned_at IS NULL) = (state = 'waiting') OR state = 'closed'"),
        Migration(
            "routing-5",
            sql: """
                -- Handoffs that ended since their lead became one with that of another one, and the reason that each
                -- had before.
                CREATE TABLE merged_handoff (
                    sequence INTEGER PRIMARY KEY REFERENCES handoff (sequence) ON DELETE CASCADE,
                    into_sequence INTEGER NOT NULL REFERENCES handoff (sequence) ON DELETE CASCADE,
                    reason_code TEXT NOT NULL,
                    reason_detail TEXT NOT NULL,
                    CHECK (sequence <> into_sequence)
                ) STRICT;
                CREATE INDEX merged_handoff_into ON merged_handoff (into_sequence);
                """),
        LeadIdentities.migration,
    ]
}
