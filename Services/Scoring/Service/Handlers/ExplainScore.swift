import Contracts
import Hosting
import Platform
import RPC
import ScoringDomain
import Storage

extension ScoringHandlers {
    /// Changes of the score in one answer: the latest thousand.
    private static let changesMax = 1_000

    func explainScore(
        _ request: WireExplainScoreRequest, _ context: RPCContext
    ) async throws -> WireExplainScoreResponse {
        try partitions.require([request.leadID])
        let asOf = try asOf(request.hasAsOf, request.asOf)
        try await library.learnAnyInForce(context)
        return try await store.read { database in
            let rules = try library.required(at: asOf, database)
            let view = try LeadView.find(request.leadID, rules, at: asOf, database)
            let (score, ledger) = rules.ledger(
                view.record, behaviour: view.behaviour, view.accumulators, at: asOf)
            let leadID = view.stored.lead.leadID
            var response = WireExplainScoreResponse()
            response.leadID = leadID
            response.score = WireScore(score)
            response.ledger = ledger.map(WireLedgerEntry.init)
            let explanation = Explanation(
                leadID: leadID, score: score, ledger: ledger, record: view.record, behaviour: view.behaviour,
                missing: rules.missing(view.record, behaviour: view.behaviour, view.accumulators, at: asOf),
                uncounted: try EngagementQueries.uncounted(of: leadID, upTo: asOf, rules, database),
                coolsAt: view.coolsAt)
            response.sentences = rules.sentences(explanation)
            response.uncounted = explanation.uncounted.map(WireUncountedEngagement.init)
            response.missing = WireMissingToQualify(explanation.missing)
            if let coolsAt = explanation.coolsAt { response.coolsAt = coolsAt.wire }
            response.history = try ScoreHistory.latest(
                Self.changesMax, of: leadID, upTo: asOf, library, database)
            return response
        }
    }
}
