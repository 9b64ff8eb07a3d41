import Contracts
import GRDB
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A row of `lead`.
struct StoredLead: Sendable {
    var lead: WireLead
    var memory: LeadMemory
    var createdAt: Instant
    var updatedAt: Instant
    var qualifiedAt: Instant?
    var engagementCount: Int
    var changes: Int
}

/// What the service asks of `lead`.
enum LeadQueries {
    private static let columns = """
        state, heat, created_at, updated_at, qualified_at, engagement_count, total, scored_at, changes, shape,
        latest_at, accumulators, document
        """

    static func find(_ leadID: String, _ database: Database) throws -> StoredLead? {
        let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM lead WHERE lead_id = ?")
        return try Row.fetchOne(statement, arguments: [leadID]).map(storedLead)
    }

    /// Leads behind an id, in the order of ids.
    static func list(
        after leadID: String, state: DemandState?, limit: Int, _ database: Database
    ) throws -> [StoredLead] {
        let filter = state == nil ? "" : "AND state = ?"
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM lead WHERE lead_id > ? \(filter) ORDER BY lead_id LIMIT ?")
        let states = state.map { [$0.rawValue] } ?? []
        return try Row.fetchAll(
            statement, arguments: StatementArguments([leadID]) + StatementArguments(states + [limit])
        ).map(storedLead)
    }

    /// The same as they were at a moment: leads that were there, and the state they were in.
    static func list(
        after leadID: String, state: DemandState?, at asOf: Instant, limit: Int, _ database: Database
    ) throws -> [StoredLead] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(columns) FROM lead WHERE lead_id > :after AND created_at <= :asOf
                AND (:state IS NULL OR :state = CASE
                    WHEN EXISTS (SELECT 1 FROM qualification q WHERE q.lead_id = lead.lead_id AND q.at <= :asOf)
                    THEN 4
                    WHEN EXISTS (SELECT 1 FROM engagement e WHERE e.lead_id = lead.lead_id AND e.occurred_at <= :asOf)
                    THEN 3
                    ELSE 2 END)
                ORDER BY lead_id LIMIT :limit
                """)
        let arguments: StatementArguments = [
            "after": leadID, "asOf": asOf, "state": state?.rawValue, "limit": limit,
        ]
        return try Row.fetchAll(statement, arguments: arguments).map(storedLead)
    }

    /// Keeps a lead that is new. Whether it is, is known: an upsert would cost a statement journal each time.
    static func insert(_ stored: StoredLead, partition: Int, version: Int64, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO lead (lead_id, partition, agreement_version, \(columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let memory = stored.memory
        try statement.execute(arguments: [
            stored.lead.leadID, partition, version, memory.standing.state.rawValue, memory.standing.heat.rawValue,
            stored.createdAt, stored.updatedAt, stored.qualifiedAt, stored.engagementCount, memory.total,
            memory.scoredAt, stored.changes, memory.shape, memory.accumulators.latest,
            AccumulatorCoding.bytes(memory.accumulators), try stored.lead.storedBytes(),
        ])
    }

    /// Keeps a known lead; its fields and its state, which an index has, are only written where they changed.
    static func update(_ stored: StoredLead, before: StoredLead, version: Int64, _ database: Database) throws {
        let memory = stored.memory
        var columns = [
            "agreement_version", "heat", "updated_at", "qualified_at", "engagement_count", "total", "scored_at",
            "changes", "shape", "latest_at", "accumulators",
        ]
        var arguments: StatementArguments = [
            version, memory.standing.heat.rawValue, stored.updatedAt, stored.qualifiedAt, stored.engagementCount,
            memory.total, memory.scoredAt, stored.changes, memory.shape, memory.accumulators.latest,
            AccumulatorCoding.bytes(memory.accumulators),
        ]
        if memory.standing.state != before.memory.standing.state {
            columns.append("state")
            arguments += [memory.standing.state.rawValue]
        }
        if stored.lead != before.lead {
            columns += ["created_at", "document"]
            arguments += [stored.createdAt, try stored.lead.storedBytes()]
        }
        let changes = columns.map { "\($0) = ?" }.joined(separator: ", ")
        let statement = try database.cachedStatement(sql: "UPDATE lead SET \(changes) WHERE lead_id = ?")
        try statement.execute(arguments: arguments + [stored.lead.leadID])
    }

    private static func storedLead(_ row: Row) throws -> StoredLead {
        let state: Int64 = row[0]
        guard let state = DemandState(rawValue: Int(state)), let heat = Standing.Heat(rawValue: row[1]) else {
            throw StoredLeadError.state(state)
        }
        let accumulators: Data = row[11]
        let document: Data = row[12]
        return StoredLead(
            lead: try WireLead(serializedBytes: document),
            memory: LeadMemory(
                accumulators: try AccumulatorCoding.accumulators(accumulators, latest: row[10]), shape: row[9],
                standing: Standing(state: state, heat: heat), total: row[6], scoredAt: row[7]),
            createdAt: row[2], updatedAt: row[3], qualifiedAt: row[4], engagementCount: row[5], changes: row[8])
    }
}

extension Message {
    /// Bytes that are the same for equal messages, also where they hold maps.
    func storedBytes() throws -> Data {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        return try serializedBytes(options: options)
    }
}
