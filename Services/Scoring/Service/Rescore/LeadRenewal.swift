import Criteria
import Kernel
import ScoringDomain

/// What becomes of a lead that was scored by a version that is no longer in force: it goes through every version since, as
/// of the moment at which each took effect. So the result is the same whenever that is done, and whoever does it.
struct LeadRenewal: Sendable {
    /// What one version makes of it.
    struct Stage: Sendable {
        let rules: ScoringRules
        let progress: Progress

        /// Of an entry in the lead's history.
        var cause: String { "agreement \(rules.version)" }
    }

    let before: ScoredLead
    private(set) var after: ScoredLead
    private(set) var stages: [Stage] = []

    /// - Parameters:
    ///   - record: the lead's fields as rules see them.
    ///   - facts: all that is stored of what the lead did; asked for only where some version looks at it.
    init(
        _ stored: ScoredLead, through path: VersionPath, now: Instant,
        record: @escaping (ScoringRules) throws -> FieldRecord, facts: @escaping () throws -> StoredFacts
    ) throws {
        before = stored
        after = stored
        var lead = RenewedLead(createdAt: stored.createdAt, judgesOnce: path.asksSame, record: record, facts: facts)
        var last = path.last
        for step in path.next {
            let rules = step.rules
            let asOf = rules.renewalTime(of: after.memory, now: now)
            let score = try last.map { try rest($0, until: asOf, &lead) }
            let memory = try lead.recounted(after.memory, step, at: asOf)
            let change = try lead.change(memory, rules, judgedFrom: asOf, now: asOf)
            take(rules.renew(change, before: score, at: asOf, try lead.judge(rules)), by: rules)
            last = rules
        }
        // As after its last change: who does this, and when, shows nowhere.
        after.coolingDueAt = after.memory.coolsAt.map { max($0, stored.updatedAt.adding(CoolLeads.patience)) }
    }

    /// What the version before has left to say: whether the lead cooled in its time.
    ///
    /// - Returns: the score by it at the moment at which the next one takes over.
    private mutating func rest(
        _ rules: ScoringRules, until asOf: Instant, _ lead: inout RenewedLead
    ) throws -> Score {
        if let coolsAt = after.memory.coolsAt, coolsAt < asOf {
            let end = Instant(microseconds: asOf.microseconds - 1)
            let since = min(after.memory.scoredAt, end)
            let change = try lead.change(after.memory, rules, judgedFrom: since, now: end)
            take(rules.advance(change, now: end), by: rules)
        }
        return try lead.score(after.memory, rules, at: asOf)
    }

    private mutating func take(_ progress: Progress, by rules: ScoringRules) {
        after.memory = progress.memory
        after.changes += progress.steps.count
        if let crossing = progress.crossings.last(where: { $0.trigger != nil }) { after.qualifiedAt = crossing.at }
        stages.append(Stage(rules: rules, progress: progress))
    }
}

/// A lead as several versions see it: each reads the fields and the engagement that it has rules for.
private struct RenewedLead {
    let createdAt: Instant
    /// All versions ask the same of its fields.
    let judgesOnce: Bool
    let record: (ScoringRules) throws -> FieldRecord
    let facts: () throws -> StoredFacts
    private var loaded: StoredFacts?
    private var judged: (version: Int64, record: FieldRecord, judge: LeadJudge)?

    init(
        createdAt: Instant, judgesOnce: Bool, record: @escaping (ScoringRules) throws -> FieldRecord,
        facts: @escaping () throws -> StoredFacts
    ) {
        self.createdAt = createdAt
        self.judgesOnce = judgesOnce
        self.record = record
        self.facts = facts
    }

    mutating func score(_ memory: LeadMemory, _ rules: ScoringRules, at asOf: Instant) throws -> Score {
        let change = try change(memory, rules, judgedFrom: asOf, now: asOf)
        var judge = try judge(rules)
        defer { judged?.judge = judge }
        return rules.score(change, at: asOf, &judge)
    }

    /// As a version remembers it that counts in another way.
    mutating func recounted(_ memory: LeadMemory, _ step: VersionPath.Step, at asOf: Instant) throws -> LeadMemory {
        guard let recount = step.recount, recount.applies(to: memory, judgedFrom: asOf) else { return memory }
        var memory = memory
        let history = recount.needsHistory(of: memory) ? try did().counted(step.rules, of: recount.kinds) : []
        recount.apply(to: &memory, history)
        return memory
    }

    mutating func change(
        _ memory: LeadMemory, _ rules: ScoringRules, judgedFrom moment: Instant, now: Instant
    ) throws -> LeadChange {
        let history: [BehaviourFact] =
            switch rules.history(of: memory, judgedFrom: moment, now: now) {
            case .nothing: []
            case .kinds(let kinds): try did().counted(rules, of: kinds)
            case .all: try did().counted(rules)
            }
        return LeadChange(
            memory: memory, createdAt: createdAt, updated: false, engagements: [],
            record: try known(rules).record, history: history)
    }

    mutating func judge(_ rules: ScoringRules) throws -> LeadJudge { try known(rules).judge }

    private mutating func known(_ rules: ScoringRules) throws -> (record: FieldRecord, judge: LeadJudge) {
        if let judged, judgesOnce || judged.version == rules.version { return (judged.record, judged.judge) }
        let record = try record(rules)
        let judge = LeadJudge(record)
        judged = (rules.version, record, judge)
        return (record, judge)
    }

    private mutating func did() throws -> StoredFacts {
        if let loaded { return loaded }
        let found = try facts()
        loaded = found
        return found
    }
}
