import Contracts
import Kernel
import ScoringDomain
import Storage

extension Intake {
    /// A stored lead as the version in force finds it, before anything else happens to it.
    func renewed(_ stored: StoredLead) throws -> StoredLead {
        guard stored.memory.version != rules.version else { return stored }
        let renewal = try self.renewal(of: stored)
        return try apply(renewal) ? renewal.after : stored
    }

    func renewal(of stored: StoredLead) throws -> LeadRenewal {
        let database = transaction.database
        let path = try VersionPath(from: stored.memory.version, to: rules, at: transaction.now, library, database)
        return try LeadRenewal(stored, through: path, now: transaction.now) {
            let leadID = stored.lead.leadID
            return try EngagementQueries.stored(from: leadID, to: leadID, readsDocuments: true, database)
                .map(\.engagement)
        }
    }

    /// Stores and tells what became of a lead.
    ///
    /// - Returns: whether it was as the renewal took it to be; otherwise nothing is done.
    func apply(_ renewal: LeadRenewal) throws -> Bool {
        guard !renewal.stages.isEmpty,
            try LeadQueries.renew(renewal.after, before: renewal.before, transaction.database)
        else { return false }
        var touched = TouchedLead(lead: renewal.before.lead, stored: renewal.before)
        var number = renewal.before.changes
        for stage in renewal.stages where !stage.progress.steps.isEmpty {
            let intake = Intake(transaction, stage.rules, library)
            try intake.keep(
                stage.progress.steps, behind: number, touched, cause: "agreement \(stage.rules.version)")
            try intake.tell(touched, stage.progress)
            number += stage.progress.steps.count
            if let crossing = stage.progress.crossings.last(where: { $0.trigger != nil }) {
                touched.known?.qualifiedAt = crossing.at
            }
        }
        return true
    }
}
