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

    static func save(_ stored: StoredLead, partition: Int, version: Int64, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO lead (lead_id, partition, agreement_version, \(columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (lead_id) DO UPDATE SET
                    agreement_version = excluded.agreement_version, state = excluded.state, heat = excluded.heat,
                    created_at = excluded.created_at, updated_at = excluded.updated_at,
                    qualified_at = excluded.qualified_at, engagement_count = excluded.engagement_count,
                    total = excluded.total, scored_at = excluded.scored_at, changes = excluded.changes,
                    shape = excluded.shape, latest_at = excluded.latest_at, accumulators = excluded.accumulators,
                    document = excluded.document
                """)
        let memory = stored.memory
        try statement.execute(arguments: [
            stored.lead.leadID, partition, version, memory.standing.state.rawValue, memory.standing.heat.rawValue,
            stored.createdAt, stored.updatedAt, stored.qualifiedAt, stored.engagementCount, memory.total,
            memory.scoredAt, stored.changes, memory.shape, memory.accumulators.latest,
            AccumulatorCoding.bytes(memory.accumulators), try stored.lead.storedBytes(),
        ])
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
