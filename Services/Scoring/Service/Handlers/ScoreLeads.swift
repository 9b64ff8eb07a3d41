import Contracts
import Criteria
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage

extension ScoringHandlers {
    func scoreLeads(_ request: WireScoreLeadsRequest, _ context: RPCContext) async throws -> WireScoreLeadsResponse {
        try Self.requireBatch(leads: request.leads.count, engagements: request.engagements.count)
        let now = store.clock.now()
        let asOf = try asOf(request.hasAsOf, request.asOf)
        let faults = BatchFaults(leads: request.leads, engagements: request.engagements, now: max(now, asOf)).all
        guard faults.isEmpty else { throw RPCError.invalid(faults) }
        let rules = try await rules(request.agreementVersion, asOf, context)
        let strangers = Self.strangers(request, rules)
        guard strangers.isEmpty else { throw RPCError.invalid(strangers) }
        let engagements = Dictionary(grouping: request.engagements, by: \.leadID)
        var response = WireScoreLeadsResponse()
        response.leads = request.leads.map { lead in
            Self.scored(lead.asNew(now: now), engagements[lead.leadID] ?? [], rules, asOf)
        }
        return response
    }

    /// A version by number, or the one in force.
    private func rules(_ version: Int64, _ asOf: Instant, _ context: RPCContext) async throws -> ScoringRules {
        guard version != 0 else {
            try await library.learnAnyInForce(context)
            return try await store.read { try library.required(at: asOf, $0) }
        }
        return try await library.compiled(version, context)
    }

    /// What cannot be judged by these rules: undeclared custom fields, and engagement of leads that are not given.
    private static func strangers(_ request: WireScoreLeadsRequest, _ rules: ScoringRules) -> [WireFieldViolation] {
        let known = Set(request.leads.map(\.leadID))
        let custom = request.leads.enumerated().flatMap { $1.customFaults(at: $0, rules) }
        let orphans = request.engagements.enumerated().filter { !known.contains($1.leadID) }
        return custom
            + orphans.map { index, engagement in
                WireFieldViolation(
                    "engagements[\(index)].lead_id", found: engagement.leadID, expected: "a lead of this request")
            }
    }

    private static func scored(
        _ lead: WireLead, _ engagements: [WireEngagement], _ rules: ScoringRules, _ asOf: Instant
    ) -> WireScoredLead {
        let past = distinct(engagements).map { BehaviourFact($0, rules) }.filter { $0.occurredAt <= asOf }
        let (score, ledger) = rules.ledger(
            FieldRecord(lead, rules), behaviour: past, LeadAccumulators(past, rules), at: asOf)
        var scored = WireScoredLead()
        scored.leadID = lead.leadID
        scored.score = WireScore(score)
        scored.ledger = ledger.map(WireLedgerEntry.init)
        scored.qualifies =
            rules.qualification.isMet(by: score)
            || past.contains { rules.qualification.handRaisers.contains($0.kind) }
        return scored
    }

    /// The same id again has no effect, here as in the store.
    private static func distinct(_ engagements: [WireEngagement]) -> [WireEngagement] {
        var seen: Set<String> = []
        return engagements.filter { seen.insert($0.engagementID).inserted }
    }
}
