import Contracts
import GRDB
import Kernel
import SwiftProtobuf

/// What one id was told and when: its fields as they were at any instant, by the sources' own times.
struct LeadHistory: Sendable {
    /// As it is now.
    let sheet: LeadSheet
    /// In the order in which they were recorded.
    let changes: [StoredFieldChange]
    /// What was said of each field.
    private let writes: [String: [LeadSheet.Write]]

    init(sheet: LeadSheet, changes: [StoredFieldChange]) {
        self.sheet = sheet
        self.changes = changes
        writes = Dictionary(grouping: changes.map(\.write), by: \.field)
    }

    /// What had been recorded by an instant, and nothing of what has been since, whatever time it claims.
    func known(by moment: Instant) -> LeadHistory {
        var sheet = sheet
        var undone: Set<String> = []
        for change in changes where change.recordedAt > moment && !change.write.isLate {
            let write = change.write
            guard let field = LeadField.named(write.field), undone.insert(write.field).inserted else { continue }
            field.write(&sheet.lead, write.before)
            sheet.origins.entries[write.field] = write.beforeStamp
        }
        return LeadHistory(sheet: sheet, changes: changes.filter { $0.recordedAt <= moment })
    }

    /// The fields that held at an instant: each as it was last said by then. What came with the lead holds since it came
    /// to be, unless its source told another time.
    func sheet(at asOf: Instant) -> LeadSheet {
        var lead = WireLead()
        lead.leadID = sheet.lead.leadID
        lead.createdAt = sheet.lead.createdAt
        var origins = FieldOrigins(first: sheet.origins.first)
        for field in fields where field.name != LeadField.createdAt.name {
            guard let held = held(field, at: asOf) else { continue }
            if let value = held.value { field.write(&lead, value) }
            origins.entries[field.name] = held.stamp
        }
        return LeadSheet(lead: lead, origins: origins)
    }

    /// When fields were said, and when that was recorded, in any order.
    var moments: [Instant] {
        let stamps =
            sheet.origins.entries.values
            + changes.map(\.write).flatMap { [$0.beforeStamp, $0.stamp].compactMap(\.self) }
        return [sheet.origins.first.since] + stamps.flatMap { [$0.since, $0.at] } + changes.map(\.recordedAt)
    }

    private var fields: [LeadField] {
        let gone = Set(writes.keys.filter { $0.hasPrefix("custom.") })
            .subtracting(sheet.lead.custom.keys.map { "custom.\($0)" })
        return LeadField.all(of: sheet.lead) + gone.sorted().compactMap(LeadField.named)
    }

    /// A value with the time at which it was said.
    private typealias Said = (value: Google_Protobuf_Value?, stamp: FieldStamp)

    private func held(_ field: LeadField, at asOf: Instant) -> Said? {
        var latest: Said?
        func consider(_ value: Google_Protobuf_Value?, _ stamp: FieldStamp?) {
            guard let stamp else { return }
            for moment in [stamp.since, stamp.at] where moment <= asOf {
                let said = FieldStamp(at: moment, since: stamp.since, source: stamp.source)
                if let known = latest, !FieldStamp.isNewer(said, value, than: known.stamp, known.value) { continue }
                latest = (value, said)
            }
        }
        for change in writes[field.name] ?? [] {
            if change.beforeStamp != nil { consider(change.before, change.beforeStamp) }
            consider(change.after, change.stamp)
        }
        let value = field.read(sheet.lead)
        consider(value, sheet.origins.stamp(of: field, value))
        return latest
    }
}

extension StoredLead {
    /// The lead's fields as they were at an instant.
    func lead(at asOf: Instant, _ database: Database) throws -> WireLead {
        guard hasChanged(since: asOf) else { return lead }
        return LeadSheet.union(try sheets(at: asOf, database), id: lead.leadID)
    }

    /// What each of its ids had been told at an instant.
    func sheets(at asOf: Instant, _ database: Database) throws -> [LeadSheet] {
        guard hasChanged(since: asOf) else { return try told(database).map(\.sheet) }
        return try histories(database).map { $0.history.sheet(at: asOf) }
    }

    /// What each of its ids was told and when, and since when that id is known.
    func histories(_ database: Database) throws -> [(arrivedAt: Instant?, history: LeadHistory)] {
        try told(database).map { arrivedAt, sheet in
            let changes = try FieldChangeQueries.all(of: sheet.lead.leadID, database)
            return (arrivedAt, LeadHistory(sheet: sheet, changes: changes))
        }
    }

    private func told(_ database: Database) throws -> [(arrivedAt: Instant?, sheet: LeadSheet)] {
        guard parts > 1 else { return [(arrivedAt, try sheet())] }
        let group = try LeadPartQueries.group(lead.leadID, database)
        return group.ids.compactMap { group.parts[$0] }.map { ($0.arrivedAt, $0.sheet) }
    }

    /// The lead's fields since it came to be: as they were known from each moment on at which they may have become others.
    func leads(_ database: Database) throws -> [(from: Instant, lead: WireLead)] {
        guard parts > 1 || origins != nil else { return [(.distantPast, lead)] }
        let told = try ToldLead(self, database)
        let later = Set(told.moments).filter { $0 > createdAt }.sorted()
        // What is known now was known from the beginning.
        guard !later.isEmpty else { return [(.distantPast, lead)] }
        return ([createdAt] + later).enumerated().map { place, moment in
            (place == 0 ? .distantPast : moment, moment < updatedAt ? told.lead(at: moment) : lead)
        }
    }

    /// Every id that means it.
    func ids(_ database: Database) throws -> [String] {
        parts == 1 ? [lead.leadID] : try LeadPartQueries.group(lead.leadID, database).ids
    }

    func hasChanged(since asOf: Instant) -> Bool { asOf < updatedAt && (parts > 1 || origins != nil) }
}

/// What each id of a lead was told, and since when that id is known.
struct ToldLead {
    let id: String
    let arrival: LeadArrival
    let parts: [(arrivedAt: Instant?, history: LeadHistory)]

    init(_ stored: StoredLead, _ database: Database) throws {
        id = stored.lead.leadID
        arrival = try stored.arrival(database)
        parts = try stored.histories(database)
    }

    /// The fields as they were known at a moment: only what had been recorded by then counts, whatever time was claimed
    /// for it later. A lead that came with its past, later than that, has what came with it, by its sources' times.
    func lead(at moment: Instant) -> WireLead {
        let last = arrival.recordedBy(at: moment)
        let known = parts.filter { ($0.arrivedAt ?? last) <= last }
        return LeadSheet.union(known.map { $0.history.known(by: last).sheet(at: moment) }, id: id)
    }

    /// When the fields may have become others, in any order.
    var moments: [Instant] { parts.compactMap(\.arrivedAt) + parts.flatMap(\.history.moments) }
}
