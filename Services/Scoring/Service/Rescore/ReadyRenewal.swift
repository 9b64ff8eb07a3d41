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
    init?(_ renewal: LeadRenewal, _ document: LeadDocument, source: String) throws {
        guard !renewal.stages.isEmpty, renewal.stages.allSatisfy({ $0.progress.crossings.isEmpty }) else { return nil }
        leadID = renewal.before.leadID
        update = LeadQueries.renewal(renewal.after, before: renewal.before)
        let partition = Partition.of(leadID)
        var number = renewal.before.changes
        for stage in renewal.stages {
            for step in stage.progress.steps {
                number += 1
                history += ScoreChangeQueries.values(
                    StoredScoreChange(step, number: number, cause: stage.cause), leadID: leadID, partition: partition)
            }
            guard let change = stage.progress.change else { continue }
            events.append(
                try PreparedEvent(
                    .leadScored, number: Self.leadScored, key: leadID, occurredAt: change.score.asOf,
                    agreementVersion: stage.rules.version, source: source
                ) { try $0.addLeadScored(document, change) })
        }
    }

    /// The payload's number in accord.event.v1.Event.
    private static let leadScored = 21
}

extension MessageBytes {
    /// As `WireLeadScored(_:_:)` makes it.
    fileprivate mutating func addLeadScored(_ document: LeadDocument, _ step: ScoreStep) throws {
        try add(1) { try $0.addFacts(of: document, tier: step.score.tier) }
        add(2) { $0.addScore(step.score) }
        add(3, step.previousTotal)
    }

    /// As `WireScore(_:)` makes it.
    private mutating func addScore(_ score: Score) {
        add(1, score.total)
        add(2, score.fit)
        add(3, score.engagement)
        add(4, score.situation)
        add(5, score.negatives)
        add(6, score.grade)
        add(7, score.shown)
        add(8, score.asOf)
        add(9, score.version)
        add(10, score.tier)
    }
}
