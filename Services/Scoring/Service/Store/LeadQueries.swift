import Contracts
import GRDB
import Kernel
import ScoringDomain
import Storage
import SwiftProtobuf

/// A row of `lead`.
struct StoredLead: Sendable {
    var lead: WireLead
    var memory: LeadMemory
    var createdAt: Instant
    var updatedAt: Instant
    var qualifiedAt: Instant?
    var engagementCount: Int
    var changes: Int
    /// Nil where it is not known.
    var arrivedAt: Instant?
    /// ``FieldOrigins`` as text; nil where every value came with the lead, and of a merged one, whose parts have them.
    var origins: String?
    /// How many ids make it up.
    var parts = 1
    /// When the duty looks whether it has cooled.
    var coolingDueAt: Instant?
}

/// How a stored lead was scored last: what another version sees otherwise, and what tells whether anything has happened to
/// it since it was read.
struct ScoredLead: Sendable {
    let leadID: String
    var memory: LeadMemory
    let createdAt: Instant
    let updatedAt: Instant
    var qualifiedAt: Instant?
    var changes: Int
    var coolingDueAt: Instant?
}

extension StoredLead {
    var scored: ScoredLead {
        get {
            ScoredLead(
                leadID: lead.leadID, memory: memory, createdAt: createdAt, updatedAt: updatedAt,
                qualifiedAt: qualifiedAt, changes: changes, coolingDueAt: coolingDueAt)
        }
        set {
            memory = newValue.memory
            qualifiedAt = newValue.qualifiedAt
            changes = newValue.changes
            coolingDueAt = newValue.coolingDueAt
        }
    }
}

/// A statement that changes one lead.
struct LeadUpdate: Sendable {
    let sql: String
    let values: [ColumnValue]

    /// - Returns: false where the lead is no longer as it was taken to be; then nothing is written.
    func run(_ database: Database) throws -> Bool {
        try database.run(sql, values)
        return database.changesCount > 0
    }
}

/// What the service asks of `lead`.
enum LeadQueries {
    private static let columns = """
        state, heat, created_at, updated_at, qualified_at, engagement_count, total, scored_at, changes, shape,
        latest_at, accumulators, document, cools_at, arrived_at, origins, parts, cooling_due_at, agreement_version
        """

    static func find(_ leadID: String, _ database: Database) throws -> StoredLead? {
        try database.row(finding, [.text(leadID)], storedLead)
    }

    private static let finding = "SELECT \(columns) FROM lead WHERE lead_id = ?"

    /// The leads of a range, in the order of ids; of those that a version has scored, nothing.
    static func rescored(
        in range: LeadRange, by version: Int64, _ database: Database,
        _ look: ((scored: ScoredLead, document: LeadDocument)?) throws -> Void
    ) throws {
        try database.rows(
            "SELECT \(columns), lead_id FROM lead WHERE \(range.condition) ORDER BY lead_id", range.values
        ) { row in
            guard row.integer(18) != version else { return try look(nil) }
            let scored = ScoredLead(
                leadID: row.text(19), memory: try memory(row), createdAt: row.instant(2), updatedAt: row.instant(3),
                qualifiedAt: row.optionalInstant(4), changes: Int(row.integer(8)),
                coolingDueAt: row.optionalInstant(17))
            try look((scored, LeadDocument(bytes: row.blob(12))))
        }
    }

    /// The lead that an id means: its own, a former one, or one of another system such as `hubspot:42`.
    static func resolve(_ id: String, _ database: Database) throws -> StoredLead? {
        if let stored = try find(id, database) { return stored }
        if let rootID = try LeadPartQueries.rootID(id, database) { return try find(rootID, database) }
        guard let external = WireExternalId(text: id),
            let leadID = try IdentityQueries.leadID(external, database)
        else { return nil }
        return try find(LeadPartQueries.rootID(leadID, database) ?? leadID, database)
    }

    /// Leads behind an id, in the order of ids.
    static func list(
        after leadID: String, state: DemandState?, limit: Int, _ database: Database
    ) throws -> [StoredLead] {
        let filter = state == nil ? "" : "AND state = ?"
        let states = state.map { [ColumnValue.integer($0.rawValue)] } ?? []
        var leads: [StoredLead] = []
        try database.rows(
            "SELECT \(columns) FROM lead WHERE lead_id > ? \(filter) ORDER BY lead_id LIMIT ?",
            [.text(leadID)] + states + [.integer(limit)]
        ) { leads.append(try storedLead($0)) }
        return leads
    }

    /// The leads of a range, in the order of ids.
    static func all(in range: LeadRange, _ database: Database) throws -> [StoredLead] {
        var leads: [StoredLead] = []
        try database.rows(
            "SELECT \(columns) FROM lead WHERE \(range.condition) ORDER BY lead_id", range.values
        ) { leads.append(try storedLead($0)) }
        return leads
    }

    /// The id of the lead that is the so manieth behind another; nil where there are fewer.
    static func id(_ place: Int, after leadID: String, _ database: Database) throws -> String? {
        try database.row(
            "SELECT lead_id FROM lead WHERE lead_id > ? ORDER BY lead_id LIMIT 1 OFFSET ?",
            [.text(leadID), .integer(place - 1)]
        ) { $0.text(0) }
    }

    /// The same as they were at a moment: leads that were there, and the state they were in.
    static func list(
        after leadID: String, state: DemandState?, at asOf: Instant, limit: Int, _ database: Database
    ) throws -> [StoredLead] {
        var leads: [StoredLead] = []
        try database.rows(
            """
            SELECT \(columns) FROM lead WHERE lead_id > ?1 AND created_at <= ?2
            AND (?3 IS NULL OR ?3 = CASE
                WHEN EXISTS (SELECT 1 FROM qualification q WHERE q.lead_id = lead.lead_id AND q.at <= ?2) THEN 4
                WHEN EXISTS (SELECT 1 FROM engagement e WHERE e.lead_id = lead.lead_id AND e.occurred_at <= ?2) THEN 3
                ELSE 2 END)
            ORDER BY lead_id LIMIT ?4
            """,
            [
                .text(leadID), .instant(asOf), state.map { .integer($0.rawValue) } ?? .null, .integer(limit),
            ]
        ) { leads.append(try storedLead($0)) }
        return leads
    }

    /// Leads that may have cooled, as of a moment; the first ones first.
    static func cooling(upTo moment: Instant, limit: Int, _ database: Database) throws -> [StoredLead] {
        var leads: [StoredLead] = []
        try database.rows(
            "SELECT \(columns) FROM lead WHERE cooling_due_at <= ? ORDER BY cooling_due_at, lead_id LIMIT ?",
            [.instant(moment), .integer(limit)]
        ) { leads.append(try storedLead($0)) }
        return leads
    }

    static func isAnyCooling(by moment: Instant, _ database: Database) throws -> Bool {
        try database.row("SELECT 1 FROM lead WHERE cooling_due_at <= ? LIMIT 1", [.instant(moment)]) { _ in true }
            ?? false
    }

    /// Keeps a lead that is new. Whether it is, is known: an upsert would cost a statement journal each time.
    static func insert(_ stored: StoredLead, partition: Int, _ database: Database) throws {
        let memory = stored.memory
        try database.run(
            insertion,
            [
                .text(stored.lead.leadID), .integer(partition),
                .integer(memory.standing.state.rawValue), .integer(memory.standing.heat.rawValue),
                .instant(stored.createdAt), .instant(stored.updatedAt), .instant(stored.qualifiedAt),
                .integer(stored.engagementCount), .real(memory.total), .instant(memory.scoredAt),
                .integer(stored.changes), .integer(memory.shape), .instant(memory.accumulators.latest),
                .blob(AccumulatorCoding.bytes(memory.accumulators)), .blob(try stored.lead.storedBytes()),
                .instant(memory.coolsAt), .instant(stored.arrivedAt), .optional(stored.origins),
                .integer(stored.parts),
                .instant(stored.coolingDueAt), .integer(memory.version),
            ])
    }

    private static let insertion = """
        INSERT INTO lead (lead_id, partition, \(columns))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Keeps a known lead; its fields, and what an index has (its state and when it cools), are only written where they
    /// changed.
    static func update(_ stored: StoredLead, before: StoredLead, _ database: Database) throws {
        let memory = stored.memory
        var sql = """
            UPDATE lead SET agreement_version = ?, heat = ?, updated_at = ?, qualified_at = ?, engagement_count = ?,
            total = ?, scored_at = ?, changes = ?, shape = ?, latest_at = ?, accumulators = ?
            """
        var values: [ColumnValue] = [
            .integer(memory.version), .integer(memory.standing.heat.rawValue), .instant(stored.updatedAt),
            .instant(stored.qualifiedAt), .integer(stored.engagementCount), .real(memory.total),
            .instant(memory.scoredAt), .integer(stored.changes), .integer(memory.shape),
            .instant(memory.accumulators.latest), .blob(AccumulatorCoding.bytes(memory.accumulators)),
        ]
        if memory.standing.state != before.memory.standing.state {
            sql += ", state = ?"
            values.append(.integer(memory.standing.state.rawValue))
        }
        if memory.coolsAt != before.memory.coolsAt || stored.coolingDueAt != before.coolingDueAt {
            sql += ", cools_at = ?, cooling_due_at = ?"
            values += [.instant(memory.coolsAt), .instant(stored.coolingDueAt)]
        }
        if stored.lead != before.lead {
            sql += ", created_at = ?, document = ?"
            values += [.instant(stored.createdAt), .blob(try stored.lead.storedBytes())]
        }
        if stored.origins != before.origins || stored.parts != before.parts {
            sql += ", origins = ?, parts = ?"
            values += [.optional(stored.origins), .integer(stored.parts)]
        }
        try database.run(sql + " WHERE lead_id = ?", values + [.text(stored.lead.leadID)])
    }

    /// Keeps what another version makes of a lead to which nothing has happened since it was read.
    static func renewal(_ stored: ScoredLead, before: ScoredLead) -> LeadUpdate {
        let (memory, old) = (stored.memory, before.memory)
        var values: [ColumnValue] = [.integer(memory.version), .instant(memory.scoredAt)]
        values.reserveCapacity(12)
        var changes = RenewalChanges()
        if stored.changes != before.changes {
            changes.insert(.total)
            values.append(.real(memory.total))
            values.append(.integer(stored.changes))
        }
        if memory.standing != old.standing || stored.qualifiedAt != before.qualifiedAt {
            changes.insert(.standing)
            values.append(.integer(memory.standing.state.rawValue))
            values.append(.integer(memory.standing.heat.rawValue))
            values.append(.instant(stored.qualifiedAt))
        }
        if memory.shape != old.shape {
            changes.insert(.accumulators)
            values.append(.integer(memory.shape))
            values.append(.instant(memory.accumulators.latest))
            values.append(.blob(AccumulatorCoding.bytes(memory.accumulators)))
        }
        if memory.coolsAt != old.coolsAt || stored.coolingDueAt != before.coolingDueAt {
            changes.insert(.cooling)
            values.append(.instant(memory.coolsAt))
            values.append(.instant(stored.coolingDueAt))
        }
        values.append(.text(stored.leadID))
        values.append(.integer(before.changes))
        values.append(.instant(before.updatedAt))
        values.append(.instant(old.scoredAt))
        values.append(.integer(old.version))
        return LeadUpdate(sql: changes.sql, values: values)
    }

    /// Keeps where fields come from, of a lead of which nothing else changed.
    static func confirm(_ leadID: String, origins: String?, now: Instant, _ database: Database) throws {
        try database.run(
            "UPDATE lead SET updated_at = ?, origins = ? WHERE lead_id = ?",
            [.instant(now), .optional(origins), .text(leadID)])
    }

    private static func memory(_ row: StoredRow) throws -> LeadMemory {
        guard let state = DemandState(rawValue: Int(row.integer(0))),
            let heat = Standing.Heat(rawValue: Int(row.integer(1)))
        else { throw StoredLeadError.state(row.integer(0)) }
        return LeadMemory(
            accumulators: try AccumulatorCoding.accumulators(row.blob(11), latest: row.instant(10)),
            shape: row.integer(9), standing: Standing(state: state, heat: heat), total: row.real(6),
            scoredAt: row.instant(7), version: row.integer(18), coolsAt: row.optionalInstant(13))
    }

    private static func storedLead(_ row: StoredRow) throws -> StoredLead {
        StoredLead(
            lead: try WireLead(serializedBytes: row.blob(12)), memory: try memory(row),
            createdAt: row.instant(2), updatedAt: row.instant(3), qualifiedAt: row.isNull(4) ? nil : row.instant(4),
            engagementCount: Int(row.integer(5)), changes: Int(row.integer(8)), arrivedAt: row.optionalInstant(14),
            origins: row.optionalText(15), parts: Int(row.integer(16)),
            coolingDueAt: row.optionalInstant(17))
    }
}

/// What a renewal writes besides the version and its time; the others would cost their indexes.
private struct RenewalChanges: OptionSet {
    let rawValue: Int

    static let total = RenewalChanges(rawValue: 1)
    static let standing = RenewalChanges(rawValue: 2)
    static let accumulators = RenewalChanges(rawValue: 4)
    static let cooling = RenewalChanges(rawValue: 8)

    var sql: String { Self.statements[rawValue] }

    private static let statements = (0..<16).map { value in
        let changes = RenewalChanges(rawValue: value)
        var sql = "UPDATE lead SET agreement_version = ?, scored_at = ?"
        if changes.contains(.total) { sql += ", total = ?, changes = ?" }
        if changes.contains(.standing) { sql += ", state = ?, heat = ?, qualified_at = ?" }
        if changes.contains(.accumulators) { sql += ", shape = ?, latest_at = ?, accumulators = ?" }
        if changes.contains(.cooling) { sql += ", cools_at = ?, cooling_due_at = ?" }
        return sql + " WHERE lead_id = ? AND changes = ? AND updated_at = ? AND scored_at = ? AND agreement_version = ?"
    }
}
