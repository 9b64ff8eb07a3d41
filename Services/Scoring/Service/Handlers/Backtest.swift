import Contracts
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    /// Plays every lead's history under two agreements, and sets what became of them beside it.
    func backtest(_ request: WireBacktestRequest, _ context: RPCContext) async throws -> WireBacktestResponse {
        let question = try BacktestQuestion(request)
        let now = store.clock.now()
        let draft = try await agreement(request.draft, "draft", context)
        let against = try await agreement(request.against, "against", context)
        let outcomes = try await LeadOutcomes.fetch(metrics, context, atMost: analysis.leads)
        let player = LifePlayer(
            draft: try Self.rules(of: draft.agreement, "draft"),
            against: try Self.rules(of: against.agreement, "against"), outcomes: outcomes, now: now)
        var tally = BacktestTally(question.settings, now: now)
        try await readPages { range, database in
            try player.play(range, database)
        } collect: {
            for lead in $0 { tally.add(lead) }
        }
        let found = tally.backtest
        var response = WireBacktestResponse(found, currency: player.draft.currency, outcomes: outcomes)
        response.draftVersion = draft.version
        response.againstVersion = against.version
        response.leads = Int32(clamping: tally.leads)
        response.warnings = found.warnings(question.settings, outcomes, currency: player.draft.currency, now: now)
        return response
    }

    /// The version that a reference means; number 0 for an agreement that is none.
    private func agreement(
        _ reference: WireAgreementReference, _ path: String, _ context: RPCContext
    ) async throws -> WireAgreementVersion {
        if reference.hasAgreement { return .with { $0.agreement = reference.agreement } }
        do {
            return try await icp.getAgreement(
                .with {
                    $0.version = reference.version
                    if reference.hasAt { $0.at = reference.at }
                }, CallOptions(parent: context)
            ).version
        } catch let error as RPCError where error.code == .notFound || error.code == .invalidArgument {
            throw RPCError(.failedPrecondition, "\(path): \(error.message)")
        }
    }
}
