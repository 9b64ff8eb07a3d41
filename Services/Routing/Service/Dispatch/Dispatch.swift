import Contracts
import Criteria
import Hosting
import Kernel
import RPC
import RoutingDomain
import Storage
import SwiftProtobuf

/// Carries out decisions about handoffs within one transaction: keeps them with their trace, keeps turns and loads
/// right, and tells the others.
struct Dispatch {
    let transaction: StoreTransaction
    let library: AgreementLibrary<RoutingRules>
    let roster: RosterTable
    let handoffs: HandoffTable

    init(_ transaction: StoreTransaction, _ library: AgreementLibrary<RoutingRules>) {
        self.transaction = transaction
        self.library = library
        roster = RosterTable(database: transaction.database)
        handoffs = HandoffTable(database: transaction.database)
    }

    /// The rules of a version; the service learned it before it opened a handoff under it.
    func rules(_ version: Int64) throws -> RoutingRules {
        guard let rules = try library.version(version, transaction.database) else {
            throw RPCError(.failedPrecondition, "agreement version \(version) is not known here")
        }
        return rules
    }

    func pool(_ target: RoutingTarget) throws -> Pool? {
        try roster.pool(target, at: transaction.now)
    }

    /// Opens a handoff for a lead that qualified, and decides whose it is.
    ///
    /// A lead with an open handoff keeps it; that it qualified again is kept among the decisions.
    func open(_ qualified: WireLeadQualified, leadID: String, handoffID: String, rules: RoutingRules, at: Instant)
        throws
    {
        guard try handoffs.find(handoffID) == nil else { return }
        if let known = try handoffs.open(lead: leadID) {
            return try rememberRequalification(of: known, version: rules.version, at: at)
        }
        let new = Handoff(
            id: handoffID, leadID: leadID, agreementVersion: rules.version, createdAt: at,
            incomplete: !qualified.context.missingParts.isEmpty)
        var router = Router(rules: rules, cause: .qualified, at: at)
        let decision = try router.route(RoutedLead(qualified.context, rules), roster: pool)
        let (handoff, queue) = new.following(decision)
        let stored = try handoffs.insert(handoff, queue: queue)
        try handoffs.keepPacket(stored.sequence, facts: qualified.lead, context: qualified.context)
        try conclude(stored, before: new, decision, facts: qualified.lead, score: qualified.context.score)
    }

    private func rememberRequalification(of known: StoredHandoff, version: Int64, at: Instant) throws {
        let step = TraceStep(.queue, known.handoff.id, .true, note: "qualified again: its open handoff stays as it is")
        let decision = RoutingDecision(
            at: at, agreementVersion: version, cause: .qualified, steps: [step], outcome: .unchanged)
        try handoffs.keepDecision(known.sequence, WireRoutingDecision(decision, keeping: known.handoff))
    }

    /// Does what a person orders; free capacity goes to the queue at once.
    func carryOut(_ order: HandoffOrder, on stored: StoredHandoff, activity: Activity? = nil) throws -> Outcome {
        let before = stored.handoff
        let rejections = before.reasonCode.isEmpty ? [] : try handoffs.rejections(stored.sequence)
        let decision = try before.decide(order, now: transaction.now, rejections: rejections)
        let facts = try handoffs.facts(stored.sequence)
        guard case .changed(let next, let at) = decision else {
            return Outcome(stored: stored, lead: facts, isChanged: false)
        }
        var after = stored
        after.handoff = next
        switch order.command {
        case .accept, .qualify: try handoffs.update(&after)
        case .touch:
            try handoffs.update(&after)
            if let activity {
                try handoffs.keepActivity(after.sequence, activity, actor: order.actor ?? next.repID ?? "", at: at)
            }
        case .reject(let code, let detail, _):
            let rejection = Rejection(repID: next.repID ?? "", code: code, at: at)
            try handoffs.keepRejection(stored.sequence, rejection, detail: detail)
        }
        try tell(order.command, after.handoff, facts, activity: activity, first: before.firstTouchedAt == nil, at: at)
        if before.state.isWorked, !next.state.isWorked, let repID = before.repID { try roster.freed(repID) }
        if case .reject = order.command { after = try passOn(after, facts, at: at) }
        if before.state.isWorked, !next.state.isWorked, let repID = before.repID { try drain(.rep(repID), at: at) }
        return Outcome(stored: after, lead: facts, isChanged: true)
    }

    /// A rejected handoff goes to another rep or waits for one; a recycled or closed one is only kept.
    private func passOn(_ stored: StoredHandoff, _ facts: WireLeadFacts, at: Instant) throws -> StoredHandoff {
        guard stored.handoff.state == .rejected else {
            var kept = stored
            try handoffs.update(&kept)
            return kept
        }
        let rules = try rules(stored.handoff.agreementVersion)
        let context = try handoffs.context(stored.sequence)
        let excluded = Set(try handoffs.rejections(stored.sequence).map(\.repID))
        var router = Router(rules: rules, cause: .rejected, at: at, excluding: excluded)
        let decision = try router.route(RoutedLead(context, rules), roster: pool)
        return try follow(decision, stored, facts: facts, score: context.score)
    }

    /// Gives a lead to another rep of the pool when the rep let its clock run out and nothing has happened since; only
    /// to one who has not had it, so that it does not go round and round where no one acts.
    func reassign(_ handoffID: String, after breach: Breach) throws {
        guard let stored = try handoffs.find(handoffID), breach.concerns(stored.handoff) else { return }
        let rules = try rules(stored.handoff.agreementVersion)
        let excluded = try handoffs.holders(stored.sequence).union([breach.repID])
        var router = Router(rules: rules, cause: .timerBreached, at: breach.at, excluding: excluded)
        let decision = try router.reassign(poolID: stored.handoff.poolID, roster: pool)
        if case .unchanged = decision.outcome {
            return try handoffs.keepDecision(
                stored.sequence, WireRoutingDecision(decision, keeping: stored.handoff))
        }
        try roster.freed(breach.repID)
        let facts = try handoffs.facts(stored.sequence)
        let score = try handoffs.context(stored.sequence).score
        _ = try follow(decision, stored, facts: facts, score: score)
        try drain(.rep(breach.repID), at: breach.at)
    }

    /// Keeps a handoff as a decision has it.
    func follow(
        _ decision: RoutingDecision, _ stored: StoredHandoff, facts: WireLeadFacts, score: WireScore
    ) throws -> StoredHandoff {
        var after = stored
        (after.handoff, after.queue) = stored.handoff.following(decision)
        try handoffs.update(&after)
        try conclude(after, before: stored.handoff, decision, facts: facts, score: score)
        return after
    }

    /// The trace, the turn, the load and the event of a decision.
    private func conclude(
        _ stored: StoredHandoff, before: Handoff, _ decision: RoutingDecision, facts: WireLeadFacts, score: WireScore
    ) throws {
        try handoffs.keepDecision(stored.sequence, WireRoutingDecision(decision, keeping: stored.handoff))
        let handoffFacts = WireHandoffFacts(stored.handoff, facts)
        if case .assigned(let choice) = decision.outcome {
            if let pool = choice.poolAfter { try roster.keepTurn(of: pool) }
            try roster.gained(choice.repID)
            try append(
                .handoffAssigned(
                    .with {
                        $0.handoff = handoffFacts
                        $0.previousRepID = before.repID ?? before.previousRepID ?? ""
                        $0.rule = choice.rule
                        $0.score = score
                        $0.cause = decision.cause.rawValue
                    }), stored.handoff, at: decision.at)
        } else {
            try append(.handoffWaiting(.with { $0.handoff = handoffFacts }), stored.handoff, at: decision.at)
        }
    }

    private func tell(
        _ command: HandoffCommand, _ handoff: Handoff, _ lead: WireLeadFacts, activity: Activity?, first: Bool,
        at: Instant
    ) throws {
        let facts = WireHandoffFacts(handoff, lead)
        let payload: WireEvent.OneOf_Payload =
            switch command {
            case .accept: .handoffAccepted(.with { $0.handoff = facts })
            case .qualify: .handoffQualified(.with { $0.handoff = facts })
            case .touch:
                .handoffTouched(
                    .with {
                        $0.handoff = facts
                        $0.activityID = activity?.id ?? ""
                        $0.kind = activity?.kind ?? ""
                        $0.first = first
                    })
            case .reject(let code, let detail, let then):
                .handoffRejected(
                    .with {
                        $0.handoff = facts
                        $0.reasonCode = code
                        $0.reasonDetail = detail
                        $0.then = then.rawValue
                    })
            }
        try append(payload, handoff, at: at)
    }

    func append(_ payload: WireEvent.OneOf_Payload, _ handoff: Handoff, at: Instant) throws {
        try transaction.append(
            payload, key: handoff.leadID, occurredAt: at, agreementVersion: handoff.agreementVersion)
    }
}

extension Handoff {
    /// The handoff as a decision has it, and the queue it waits in, if it waits.
    func following(_ decision: RoutingDecision) -> (handoff: Handoff, queue: String?) {
        switch decision.outcome {
        case .assigned(let choice): (assigned(to: choice, at: decision.at), nil)
        case .waiting(let target): (waiting(for: target, at: decision.at), target?.queue ?? "")
        case .unchanged: (self, nil)
        }
    }
}
