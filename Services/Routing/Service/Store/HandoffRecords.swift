import Contracts
import GRDB
import Kernel
import RoutingDomain
import Storage
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What belongs to a handoff beside its own row.
extension HandoffTable {
    // MARK: - Packets

    func keepPacket(_ sequence: Int64, facts: WireLeadFacts, context: WireContextPacket) throws {
        let factBytes: [UInt8] = try facts.serializedBytes()
        let contextBytes: [UInt8] = try context.serializedBytes()
        try database.cachedStatement(sql: "INSERT INTO handoff_packet (sequence, facts, context) VALUES (?, ?, ?)")
            .execute(arguments: [sequence, factBytes.databaseBytes, contextBytes.databaseBytes])
    }

    func facts(_ sequence: Int64) throws -> WireLeadFacts {
        let statement = try database.cachedStatement(sql: "SELECT facts FROM handoff_packet WHERE sequence = ?")
        return try WireLeadFacts(serializedBytes: Data.fetchOne(statement, arguments: [sequence]) ?? Data())
    }

    func context(_ sequence: Int64) throws -> WireContextPacket {
        let statement = try database.cachedStatement(sql: "SELECT context FROM handoff_packet WHERE sequence = ?")
        return try WireContextPacket(serializedBytes: Data.fetchOne(statement, arguments: [sequence]) ?? Data())
    }

    // MARK: - Decisions

    func keepDecision(_ sequence: Int64, _ decision: WireRoutingDecision) throws {
        let bytes: [UInt8] = try decision.serializedBytes()
        try database.cachedStatement(
            sql: """
                INSERT INTO handoff_decision (sequence, number, trace)
                VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM handoff_decision WHERE sequence = ?1), ?2)
                """
        ).execute(arguments: [sequence, bytes.databaseBytes])
    }

    /// Oldest first.
    func decisions(_ sequence: Int64) throws -> [WireRoutingDecision] {
        let statement = try database.cachedStatement(
            sql: "SELECT trace FROM handoff_decision WHERE sequence = ? ORDER BY number")
        return try Data.fetchAll(statement, arguments: [sequence]).map { try WireRoutingDecision(serializedBytes: $0) }
    }

    /// Every rep who has had it.
    func holders(_ sequence: Int64) throws -> Set<String> {
        Set(try decisions(sequence).map(\.repID))
    }

    // MARK: - Rejections

    func keepRejection(_ sequence: Int64, _ rejection: Rejection, detail: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO handoff_rejection (sequence, number, rep_id, reason_code, reason_detail, occurred_at)
                VALUES (?1, (SELECT ifnull(max(number), 0) + 1 FROM handoff_rejection WHERE sequence = ?1),
                    ?2, ?3, ?4, ?5)
                """
        ).execute(arguments: [sequence, rejection.repID, rejection.code, detail, rejection.at])
    }

    /// Oldest first.
    func rejections(_ sequence: Int64) throws -> [Rejection] {
        let statement = try database.cachedStatement(
            sql: "SELECT rep_id, reason_code, occurred_at FROM handoff_rejection WHERE sequence = ? ORDER BY number")
        return try Row.fetchAll(statement, arguments: [sequence]).map {
            Rejection(repID: $0[0], code: $0[1], at: Instant(microseconds: $0[2]))
        }
    }

    // MARK: - Activities

    /// The row of the handoff that an activity belongs to; nil when the activity is new.
    func handoff(ofActivity activityID: String) throws -> Int64? {
        let statement = try database.cachedStatement(sql: "SELECT sequence FROM activity WHERE activity_id = ?")
        return try Int64.fetchOne(statement, arguments: [activityID])
    }

    func hasActivity(_ sequence: Int64) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM activity WHERE sequence = ? LIMIT 1")
        return try Bool.fetchOne(statement, arguments: [sequence]) ?? false
    }

    func keepActivity(_ sequence: Int64, _ activity: Activity, actor: String, at: Instant) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO activity (activity_id, sequence, kind, note, actor, occurred_at) VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [activity.id, sequence, activity.kind, activity.note, actor, at])
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
