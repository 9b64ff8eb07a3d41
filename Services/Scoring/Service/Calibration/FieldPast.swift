import Contracts
import GRDB
import Kernel
import ScoringDomain

/// The fields of a lead as they were known at one moment, and what was said of them later.
struct FieldPast {
    let lead: WireLead
    /// After the moment, by the later of the source's clock and ours.
    let changes: [CalibrationLead.FieldChange]

    init(_ stored: StoredLead, since moment: Instant, _ database: Database) throws {
        guard stored.hasChanged(since: moment) else {
            lead = stored.lead
            changes = []
            return
        }
        let told = try ToldLead(stored, database)
        let isRecorded = !told.known(at: moment).isEmpty
        lead = told.lead(at: moment)
        changes = told.parts.flatMap { $0.history.changes(after: moment, isRecorded: isRecorded) }
    }
}

extension LeadHistory {
    /// - Parameter isRecorded: whether the time of recording counts, too.
    fileprivate func changes(after moment: Instant, isRecorded: Bool) -> [CalibrationLead.FieldChange] {
        let written = changes.map { change in
            CalibrationLead.FieldChange(
                field: change.write.field,
                at: isRecorded ? max(change.recordedAt, change.write.stamp.at) : change.write.stamp.at)
        }
        // Stores of an older program have no entry of what filled a blank field.
        let said = sheet.origins.entries.sorted { $0.key < $1.key }
            .map { CalibrationLead.FieldChange(field: $0.key, at: $0.value.since) }
        return (written + said).filter { $0.at > moment }
    }
}
