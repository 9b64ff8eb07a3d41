import Contracts
import Criteria
import Kernel
import ScoringDomain
import Storage

extension Intake {
    /// A stored lead as the version in force finds it, before anything else happens to it.
    func renewed(_ stored: StoredLead) throws -> StoredLead {
        guard stored.memory.version != rules.version else { return stored }
        let renewal = try self.renewal(of: stored)
        guard try apply(renewal, to: stored) else { return stored }
        var after = stored
        after.scored = renewal.after
        return after
    }

    func renewal(of stored: StoredLead) throws -> LeadRenewal {
        let database = transaction.database
        let path = try VersionPath(from: stored.memory.version, to: rules, at: transaction.now, library, database)
        return try LeadRenewal(stored.scored, through: path, now: transaction.now) {
            FieldRecord(stored.lead, $0)
        } facts: {
            try FactReader(path.versions).read(stored.lead.leadID, database)
        }
    }

    /// As ``apply(_:)``; of what is ready, rows of its history are added to others.
    func apply(_ outcome: RescoreOutcome, history: inout [ColumnValue]) throws -> Bool {
        switch outcome {
        case .ready(let ready): try apply(ready, history: &history)
        case .whole(let renewal):
            try LeadQueries.find(renewal.before.leadID, transaction.database).map { try apply(renewal, to: $0) }
                ?? false
        }
    }

    private func apply(_ ready: ReadyRenewal, history: inout [ColumnValue]) throws -> Bool {
        guard try ready.update.run(transaction.database) else { return false }
        history += ready.history
        for event in ready.events { try transaction.append(event) }
        return true
    }

    /// Stores and tells what became of a lead.
    ///
    /// - Returns: whether it was as the renewal took it to be; otherwise nothing is done.
    private func apply(_ renewal: LeadRenewal, to stored: StoredLead) throws -> Bool {
        guard !renewal.stages.isEmpty,
            try LeadQueries.renewal(renewal.after, before: renewal.before).run(transaction.database)
        else { return false }
        var touched = TouchedLead(lead: stored.lead, stored: stored)
        touched.looksBack = true
        var number = renewal.before.changes
        for stage in renewal.stages where !stage.progress.steps.isEmpty {
            let intake = Intake(transaction, stage.rules, library)
            try intake.keep(
                stage.progress.steps, behind: number, touched, cause: stage.cause)
            try intake.tell(touched, stage.progress)
            number += stage.progress.steps.count
            if let crossing = stage.progress.crossings.last(where: { $0.trigger != nil }) {
                touched.known?.qualifiedAt = crossing.at
            }
        }
        return true
    }
}
