import Contracts
import GRDB
import Kernel
import RoutingDomain
import Storage
import SwiftProtobuf

/// What belongs to a handoff beside its own row.
extension HandoffTable {
    // MARK: - Packets

    func keepPacket(_ sequence: Int64, facts: WireLeadFacts, context: WireContextPacket) throws {
        try database.run(
            "INSERT INTO handoff_packet (sequence, facts, context) VALUES (?, ?, ?)",
            [.integer(sequence), .blob(try facts.storedBytes()), .blob(try context.storedBytes())])
    }

    func facts(_ sequence: Int64) throws -> WireLeadFacts {
        try database.row("SELECT facts FROM handoff_packet WHERE sequence = ?", [.integer(sequence)]) {
            try WireLeadFacts(serializedBytes: $0.blob(0))
        } ?? WireLeadFacts()
    }

    func context(_ sequence: Int64) throws -> WireContextPacket {
        try database.row("SELECT context FROM handoff_packet WHERE sequence = ?", [.integer(sequence)]) {
            try WireContextPacket(serializedBytes: $0.blob(0))
        } ?? WireContextPacket()
    }

    // MARK: - Decisions

    func keepDecision(_ sequence: Int64, _ decision: WireRoutingDecision) throws {
        try database.run(
            """
            INSERT INTO handoff_decision (sequence, number, trace)
            VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM handoff_decision WHERE sequence = ?1), ?2)
            """, [.integer(sequence), .blob(try decision.storedBytes())])
    }

    /// Oldest first.
    func decisions(_ sequence: Int64) throws -> [WireRoutingDecision] {
        var decisions: [WireRoutingDecision] = []
        try database.rows(
            "SELECT trace FROM handoff_decision WHERE sequence = ? ORDER BY number", [.integer(sequence)]
        ) { decisions.append(try WireRoutingDecision(serializedBytes: $0.blob(0))) }
        return decisions
    }

    /// Every rep who has had it.
    func holders(_ sequence: Int64) throws -> Set<String> {
        Set(try decisions(sequence).map(\.repID))
    }

    // MARK: - Rejections

    func keepRejection(_ sequence: Int64, _ rejection: Rejection, detail: String) throws {
        try database.run(
            """
            INSERT INTO handoff_rejection (sequence, number, rep_id, reason_code, reason_detail, occurred_at)
            VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM handoff_rejection WHERE sequence = ?1),
                ?2, ?3, ?4, ?5)
            """,
            [
                .integer(sequence), .text(rejection.repID), .text(rejection.code), .text(detail),
                .instant(rejection.at),
            ])
    }

    /// Oldest first.
    func rejections(_ sequence: Int64) throws -> [Rejection] {
        var rejections: [Rejection] = []
        try database.rows(
            "SELECT rep_id, reason_code, occurred_at FROM handoff_rejection WHERE sequence = ? ORDER BY number",
            [.integer(sequence)]
        ) { rejections.append(Rejection(repID: $0.text(0), code: $0.text(1), at: $0.instant(2))) }
        return rejections
    }

    // MARK: - Activities

    /// The row of the handoff that an activity belongs to; nil when the activity is new.
    func handoff(ofActivity activityID: String) throws -> Int64? {
        try database.row("SELECT sequence FROM activity WHERE activity_id = ?", [.text(activityID)]) { $0.integer(0) }
    }

    func keepActivity(_ sequence: Int64, _ activity: Activity, actor: String, at: Instant) throws {
        try database.run(
            """
            INSERT INTO activity (activity_id, sequence, kind, note, actor, occurred_at) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(activity.id), .integer(sequence), .text(activity.kind), .text(activity.note), .text(actor),
                .instant(at),
            ])
    }
}

/// What a rep did about a lead.
struct Activity: Sendable {
    var id: String
    /// One of ``kinds``.
    var kind: String
    var note: String

    static let kinds = ["call", "email", "meeting", "social", "other"]
}
