import Contracts
import GRDB
import Kernel
import ScoringDomain

/// The fields of a lead as they were known at one moment, and what was said of them later.
struct FieldPast {
    let lead: WireLead
    /// After the moment, by the later of the source's clock and ours; of what came with the lead's past, by the source's.
    let changes: [CalibrationLead.FieldChange]

    init(_ stored: StoredLead, since moment: Instant, _ database: Database) throws {
        guard stored.hasChanged(since: moment) else {
            lead = stored.lead
            changes = []
            return
        }
        let told = try ToldLead(stored, database)
        lead = told.lead(at: moment)
        changes = told.parts.flatMap { $0.history.changes(after: moment, told.arrival) }
    }
}

extension LeadHistory {
    fileprivate func changes(after moment: Instant, _ arrival: LeadArrival) -> [CalibrationLead.FieldChange] {
        let written = changes.map { change in
            CalibrationLead.FieldChange(
                field: change.write.field,
                at: arrival.counts(from: change.write.stamp.at, recordedAt: change.recordedAt))
        }
        // Stores of an older program have no entry of what filled a blank field.
        let said = sheet.origins.entries.sorted { $0.key < $1.key }
            .map { CalibrationLead.FieldChange(field: $0.key, at: $0.value.since) }
        return (written + said).filter { $0.at > moment }
    }
}
