import Contracts
import Criteria
import GRDB
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
        var leads: [BacktestLead] = []
        try await readLeads { stored, database in
            try player.play(stored, database)
        } collect: {
            leads.append($0)
        }
        let found = Backtest(leads, question.settings, now: now)
        var response = WireBacktestResponse(
            found, currency: player.draft.currency, outcomes: outcomes, examples: question.leads)
        response.draftVersion = draft.version
        response.againstVersion = against.version
        response.leads = Int32(clamping: leads.count)
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

/// Plays leads' lives as they are stored.
private struct LifePlayer: Sendable {
    let draft: ScoringRules
    let against: ScoringRules
    let outcomes: [String: WireLeadOutcome]
    let now: Instant

    func play(_ stored: StoredLead, _ database: Database) throws -> BacktestLead {
        let leadID = stored.lead.leadID
        let leads = try stored.leads(database)
        return BacktestLead(
            id: leadID, segment: stored.lead.segment,
            outcome: BacktestOutcome(try stored.outcome(outcomes, database), currency: draft.currency),
            draftAt: draft.firstQualification(of: try life(stored, leads, draft, database), now: now),
            againstAt: against.firstQualification(of: try life(stored, leads, against, database), now: now))
    }

    private func life(
        _ stored: StoredLead, _ leads: [(from: Instant, lead: WireLead)], _ rules: ScoringRules, _ database: Database
    ) throws -> LeadLife {
        LeadLife(
            createdAt: stored.createdAt, records: leads.map { ($0.from, FieldRecord($0.lead, rules)) },
            engagements: try EngagementQueries.history(stored.lead.leadID, upTo: now, rules, database)
                .map { BehaviourFact($0, rules) })
    }
}

extension BacktestOutcome {
    fileprivate init(_ wire: WireLeadOutcome, currency: String) {
        self.init()
        wasWorked = wire.hasQualifiedAt
        acceptedAt = wire.hasAcceptedAt ? Instant(wire.acceptedAt) : nil
        sqlAt = wire.hasSqlAt ? Instant(wire.sqlAt) : nil
        wonAt = wire.hasWonAt ? Instant(wire.wonAt) : nil
        revenue = wire.wonAmounts.first { $0.currency == currency }?.minorUnits ?? 0
    }
}
