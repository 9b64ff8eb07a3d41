import Contracts
import Kernel
import ScoringDomain
import Storage

/// What becomes of a lead that neither qualifies nor cools by it, as it is stored and told: all that can be done before
/// the transaction.
struct ReadyRenewal: Sendable {
    let leadID: String
    let update: LeadUpdate
    /// Rows of ``ScoreChangeQueries/insertion``.
    private(set) var history: [ColumnValue] = []
    private(set) var events: [PreparedEvent] = []

    /// Nil where more is to be stored and told than this.
    ///
    /// - Parameter source: who tells it.
    init?(_ renewal: LeadRenewal, source: String) throws {
        guard !renewal.stages.isEmpty, renewal.stages.allSatisfy({ $0.progress.crossings.isEmpty }) else { return nil }
        let lead = renewal.before.lead
        leadID = lead.leadID
        update = LeadQueries.renewal(renewal.after, before: renewal.before)
        var number = renewal.before.changes
        for stage in renewal.stages {
            for step in stage.progress.steps {
                number += 1
                history += ScoreChangeQueries.values(
                    StoredScoreChange(step, number: number, cause: stage.cause), leadID: leadID,
                    partition: Partition.of(leadID))
            }
            guard let change = stage.progress.change else { continue }
            let scored = WireLeadScored(WireLeadFacts(lead, tier: change.score.tier), change)
            events.append(
                try PreparedEvent(
                    .leadScored(scored), key: leadID, occurredAt: change.score.asOf,
                    agreementVersion: stage.rules.version, source: source))
        }
    }
}
