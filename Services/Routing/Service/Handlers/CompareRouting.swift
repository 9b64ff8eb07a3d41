import Contracts
import Criteria
import Hosting
import Kernel
import Platform
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    /// Who two agreements would give leads to, with the absences of an instant and all else of the reps as it is now.
    /// Each lead is decided as if it came alone: no turn is taken, nothing is stored, nothing is told.
    func compareRouting(
        _ request: WireCompareRoutingRequest, _ context: RPCContext
    ) async throws -> WireCompareRoutingResponse {
        var faults = Faults()
        faults.requireCount(request.leads.count, "leads", most: batchLimit)
        faults.require(request.hasAfter, "after", found: "nothing", expected: "an agreement")
        faults.require(
            request.hasAsOf, "as_of", found: "nothing", expected: "the instant at which leads are compared")
        let instant = request.hasAsOf ? faults.instant(request.asOf, "as_of") : nil
        try faults.check()
        let asOf = instant ?? store.clock.now()
        let before = request.hasBefore ? try Self.rules(of: request.before, "before") : nil
        let after = try Self.rules(of: request.after, "after")
        return try await store.read { database in
            var comparison = RoutingComparison(roster: RosterTable(database: database), asOf: asOf)
            return try .with { response in
                response.leads = try request.leads.map { lead in
                    try .with {
                        $0.leadID = lead.lead.leadID
                        if let before, lead.hasBefore {
                            $0.before = try comparison.choice(lead, lead.before, before)
                        }
                        if lead.hasAfter { $0.after = try comparison.choice(lead, lead.after, after) }
                    }
                }
            }
        }
    }

    /// - Throws: `invalid_argument` with every fault of the agreement's routing rules.
    private static func rules(of agreement: WireAgreement, _ path: String) throws -> RoutingRules {
        do {
            return try RoutingRules(WireAgreementVersion.with { $0.agreement = agreement })
        } catch let faults as CriteriaFaults {
            throw RPCError.invalid(
                faults.violations.map { violation in
                    var placed = violation
                    placed.path = "\(path).\(violation.path)"
                    return placed
                })
        }
    }
}

/// Decides where leads would go, each as if it came alone.
private struct RoutingComparison {
    let roster: RosterTable
    let asOf: Instant
    /// Who stands behind a target, looked up once.
    private var pools: [RoutingTarget: Pool?] = [:]

    init(roster: RosterTable, asOf: Instant) {
        self.roster = roster
        self.asOf = asOf
    }

    mutating func choice(
        _ lead: WireComparedLead, _ score: WireScore, _ rules: RoutingRules
    ) throws -> WireRoutingChoice {
        let context = WireContextPacket.with {
            $0.lead = lead.lead
            $0.engagements = lead.engagements
            $0.score = score
        }
        var router = Router(rules: rules, cause: .qualified, at: asOf)
        let decision = try router.route(RoutedLead(context, rules)) { try pool($0) }
        return WireRoutingChoice(decision)
    }

    private mutating func pool(_ target: RoutingTarget) throws -> Pool? {
        if let known = pools[target] { return known }
        let found = try roster.pool(target, at: asOf)
        pools.updateValue(found, forKey: target)
        return found
    }
}

extension WireRoutingChoice {
    fileprivate init(_ decision: RoutingDecision) {
        self.init()
        switch decision.outcome {
        case .assigned(let choice):
            rule = choice.rule
            poolID = choice.poolID
            repID = choice.repID
        case .waiting(let target):
            waiting = true
            if case .pool(let id) = target { poolID = id }
            if case .rep(let id) = target { repID = id }
            guard !decision.steps.contains(where: { $0.kind == .fallback }) else { return }
            rule = decision.steps.first { $0.kind == .rule && $0.verdict == .true }?.id ?? ""
        case .unchanged: break
        }
    }
}
