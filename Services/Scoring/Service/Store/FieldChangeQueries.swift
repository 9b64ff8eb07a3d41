import Contracts
import GRDB
import Kernel
import Storage
import SwiftProtobuf

/// A row of `lead_field_change`.
struct StoredFieldChange: Sendable {
    var number: Int64
    var leadID: String
    var recordedAt: Instant
    var write: LeadSheet.Write
}

/// What the service asks of `lead_field_change`.
enum FieldChangeQueries {
    private static let columns = """
        number, field, before, before_since, before_at, after, source_system, changed_at, recorded_at, late
        """

    /// Keeps what an upsert wrote, in one statement. A late value that is there already is not kept again.
    static func insert(_ writes: [LeadSheet.Write], of leadID: String, now: Instant, _ database: Database) throws {
        let writes = try writes.filter { try !$0.isLate || !isKnown($0, of: leadID, database) }
        guard !writes.isEmpty else { return }
        let rows = Array(repeating: "(?, ?, ?, ?, ?, ?, ?, ?, ?)", count: writes.count).joined(separator: ", ")
        var values: [ColumnValue] = [.text(leadID), .instant(now)]
        for (place, write) in writes.enumerated() {
            values += [
                .integer(place + 1), .text(write.field), try bytes(write.before), .instant(write.beforeStamp?.since),
                .instant(write.beforeStamp?.at), try bytes(write.after), .text(write.stamp.source),
                .instant(write.stamp.at), .bool(write.isLate),
            ]
        }
        try database.run(
            """
            WITH given (lead, now) AS (VALUES (?, ?)),
                latest (number) AS (SELECT coalesce(max(number), 0) FROM lead_field_change, given WHERE lead_id = lead),
                written (place, field, before, since, at, after, source, changed, late) AS (VALUES \(rows))
            INSERT INTO lead_field_change (lead_id, recorded_at, number, field, before, before_since, before_at, after,
                source_system, changed_at, late)
            SELECT lead, now, number + place, field, before, since, at, after, source, changed, late
            FROM given, latest, written
            """, values)
    }

    /// Everything that an id was told after its first values, as it was recorded; of one field, where one is given.
    static func all(
        of leadID: String, field: String? = nil, _ database: Database
    ) throws -> [StoredFieldChange] {
        try changes(
            "WHERE lead_id = ?1 AND (?2 IS NULL OR field = ?2) ORDER BY number",
            [.text(leadID), .optional(field)], leadID, database)
    }

    private static func changes(
        _ condition: String, _ values: [ColumnValue], _ leadID: String, _ database: Database
    ) throws -> [StoredFieldChange] {
        var changes: [StoredFieldChange] = []
        try database.rows("SELECT \(columns) FROM lead_field_change \(condition)", values) { row in
            let changedAt = row.instant(7)
            let before = row.optionalInstant(3).flatMap { since in
                row.optionalInstant(4).map { FieldStamp(at: $0, since: since, source: "") }
            }
            changes.append(
                StoredFieldChange(
                    number: row.integer(0), leadID: leadID, recordedAt: row.instant(8),
                    write: LeadSheet.Write(
                        field: row.text(1), before: try value(row, 2), beforeStamp: before, after: try value(row, 5),
                        stamp: FieldStamp(at: changedAt, since: changedAt, source: row.text(6)), isLate: row.bool(9))))
        }
        return changes
    }

    private static func isKnown(_ write: LeadSheet.Write, of leadID: String, _ database: Database) throws -> Bool {
        try database.row(
            """
            SELECT EXISTS (SELECT 1 FROM lead_field_change WHERE lead_id = ?1 AND field = ?2 AND (
                (changed_at = ?3 AND source_system = ?4 AND after IS ?5)
                OR (before IS ?5 AND ?3 BETWEEN before_since AND before_at)))
            """,
            [
                .text(leadID), .text(write.field), .instant(write.stamp.at), .text(write.stamp.source),
                try bytes(write.after),
            ]
        ) { $0.bool(0) } ?? false
    }

    private static func bytes(_ value: Google_Protobuf_Value?) throws -> ColumnValue {
        try value.map { .blob(try $0.storedBytes()) } ?? .null
    }

    private static func value(_ row: StoredRow, _ column: Int) throws -> Google_Protobuf_Value? {
        row.isNull(column) ? .none : .some(try Google_Protobuf_Value(serializedBytes: row.blob(column)))
    }
}
