import Criteria
public import Kernel

/// Decides who gets a lead: the first rule that holds, then the fallback pool, then the queue.
///
/// A target that no one can ever take from (an unknown or empty pool, an inactive rep, no one left who did not have
/// this lead before) falls through to the fallback pool. A target whose reps are only absent or at capacity keeps the
/// lead, which waits for it.
public struct Router: Sendable {
    private let rules: RoutingRules
    private let cause: RoutingDecision.Cause
    private let at: Instant
    private let excluded: Set<String>
    private var steps: [TraceStep] = []

    /// - Parameters:
    ///   - at: when the decision counts as made.
    ///   - excluded: reps who must not get this lead.
    public init(rules: RoutingRules, cause: RoutingDecision.Cause, at: Instant, excluding excluded: Set<String> = []) {
        self.rules = rules
        self.cause = cause
        self.at = at
        self.excluded = excluded
    }

    /// - Parameter roster: the pool behind a target; a rep alone is a pool of one with an empty id. Nil when unknown.
    public mutating func route(
        _ lead: RoutedLead, roster: (RoutingTarget) throws -> Pool?
    ) rethrows -> RoutingDecision {
        steps = []
        var tried: RoutingTarget?
        if let rule = firstRule(for: lead) {
            tried = rule.target
            switch take(rule.target, rule: rule.id, from: try roster(rule.target)) {
            case .chosen(let choice): return decision(.assigned(choice))
            case .later: return wait(for: rule.target)
            case .never: break
            }
        }
        guard let fallbackPool = rules.fallbackPool else {
            steps.append(TraceStep(.fallback, "", .false, note: "the agreement names no fallback pool"))
            return wait(for: nil)
        }
        let fallback = RoutingTarget.pool(fallbackPool)
        guard tried != fallback else { return wait(for: fallback) }
        steps.append(TraceStep(.fallback, fallbackPool, .true))
        if case .chosen(let choice) = take(fallback, rule: "", from: try roster(fallback)) {
            return decision(.assigned(choice))
        }
        return wait(for: fallback)
    }

    /// Takes a lead from the rep who let a clock run out, and gives it to another one of the same pool; to one of the
    /// fallback pool when a rule had named the rep. With no one else eligible it stays where it is.
    public mutating func reassign(
        poolID: String, roster: (RoutingTarget) throws -> Pool?
    ) rethrows -> RoutingDecision {
        steps = []
        let pool = poolID.isEmpty ? rules.fallbackPool : poolID
        if poolID.isEmpty {
            steps.append(
                TraceStep(
                    .fallback, pool ?? "", pool == nil ? .false : .true,
                    note: pool == nil ? "the agreement names no fallback pool" : ""))
        }
        if let pool, case .chosen(let choice) = take(.pool(pool), rule: "", from: try roster(.pool(pool))) {
            return decision(.assigned(choice))
        }
        steps.append(TraceStep(.queue, "", .false, note: "no one else is eligible: the lead stays with its rep"))
        return decision(.unchanged)
    }

    /// The rep who had a lead has it again.
    mutating func returned(to rep: PoolMember, poolID: String) -> RoutingDecision {
        steps = [TraceStep(.candidate, rep.repID, .true, note: "had this lead before it became one with another")]
        return decision(
            .assigned(
                RoutingDecision.Choice(repID: rep.repID, team: rep.team, poolID: poolID, rule: "", poolAfter: nil)))
    }

    private mutating func firstRule(for lead: RoutedLead) -> RoutingRule? {
        for rule in rules.rules {
            guard let when = rule.when else {
                steps.append(TraceStep(.rule, rule.id, .true, note: "every lead"))
                return rule
            }
            let (verdict, reasons) = when.explain(lead.record, behaviour: lead.behaviour, now: at)
            steps.append(TraceStep(.rule, rule.id, verdict, reasons: reasons))
            if verdict == .true { return rule }
        }
        return nil
    }

    private enum Attempt {
        case chosen(RoutingDecision.Choice)
        /// Someone may take it in time.
        case later
        case never
    }

    private mutating func take(_ target: RoutingTarget, rule: String, from pool: Pool?) -> Attempt {
        guard var pool else {
            steps.append(unknown(target))
            return .never
        }
        let obstacles = pool.members.map { $0.obstacle(excluding: excluded) }
        if case .pool(let id) = target {
            let usable = obstacles.contains { $0?.isTemporary ?? true }
            let note =
                pool.members.isEmpty ? "the pool is empty" : usable ? "" : "no one in the pool can take this lead"
            steps.append(TraceStep(.pool, id, usable ? .true : .false, note: note))
        }
        let eligible = obstacles.indices.filter { obstacles[$0] == nil }
        let picked = FairTurn.pick(&pool.members, eligible: eligible)
        trace(pool.members, obstacles, picked: picked)
        guard let picked else { return obstacles.contains { $0?.isTemporary == true } ? .later : .never }
        let member = pool.members[picked]
        return .chosen(
            RoutingDecision.Choice(
                repID: member.repID, team: member.team, poolID: pool.id, rule: rule,
                poolAfter: pool.id.isEmpty ? nil : pool))
    }

    private func unknown(_ target: RoutingTarget) -> TraceStep {
        switch target {
        case .pool(let id): TraceStep(.pool, id, .false, note: "unknown pool")
        case .rep(let id): TraceStep(.candidate, id, .false, note: "skipped: unknown rep")
        }
    }

    private mutating func trace(_ members: [PoolMember], _ obstacles: [Obstacle?], picked: Int?) {
        for (position, member) in members.enumerated() {
            let note = obstacles[position]?.note ?? (position == picked ? "chosen" : "")
            steps.append(TraceStep(.candidate, member.repID, obstacles[position] == nil ? .true : .false, note: note))
        }
    }

    private mutating func wait(for target: RoutingTarget?) -> RoutingDecision {
        let id =
            switch target {
            case .pool(let id), .rep(let id): id
            case nil: ""
            }
        steps.append(TraceStep(.queue, id, .true, note: "no one is eligible: the lead waits"))
        return decision(.waiting(target))
    }

    private func decision(_ outcome: RoutingDecision.Outcome) -> RoutingDecision {
        RoutingDecision(at: at, agreementVersion: rules.version, cause: cause, steps: steps, outcome: outcome)
    }
}
