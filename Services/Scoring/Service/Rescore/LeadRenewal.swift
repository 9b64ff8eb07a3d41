import Criteria
import GRDB
import Hosting
import Kernel
import ScoringDomain

/// What becomes of a lead that was scored by a version that is no longer in force: it goes through every version since, as
/// of the moment at which each took effect. So the result is the same whenever that is done, and whoever does it.
struct LeadRenewal: Sendable {
    /// What one version makes of it.
    struct Stage: Sendable {
        let rules: ScoringRules
        let progress: Progress
    }

    let before: StoredLead
    private(set) var after: StoredLead
    private(set) var stages: [Stage] = []

    /// - Parameter engagement: all that is stored of the lead; asked for only where some version reads it.
    init(
        _ stored: StoredLead, through path: VersionPath, now: Instant,
        engagement: @escaping () throws -> [StoredEngagement]
    ) throws {
        before = stored
        after = stored
        var lead = RenewedLead(stored: stored, engagement: engagement)
        var last = path.last
        for rules in path.next {
            let asOf = rules.renewalTime(of: after.memory, now: now)
            let score = try last.map { try rest($0, until: asOf, &lead) }
            take(rules.renew(try lead.change(after.memory, rules, at: asOf), before: score, at: asOf), by: rules)
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
            take(rules.advance(try lead.change(after.memory, rules, at: end), now: end), by: rules)
        }
        return rules.score(try lead.change(after.memory, rules, at: asOf), at: asOf)
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
    let stored: StoredLead
    let engagement: () throws -> [StoredEngagement]
    private var loaded: [StoredEngagement]?
    private var record: FieldRecord?
    private var version: Int64?

    init(stored: StoredLead, engagement: @escaping () throws -> [StoredEngagement]) {
        self.stored = stored
        self.engagement = engagement
    }

    mutating func change(_ memory: LeadMemory, _ rules: ScoringRules, at asOf: Instant) throws -> LeadChange {
        var change = LeadChange(
            memory: memory, createdAt: stored.createdAt, updated: false, engagements: [], record: record(rules))
        switch rules.history(neededBy: change, now: asOf) {
        case .nothing: break
        case .kinds(let kinds): change.history = try history(rules, kinds)
        case .all: change.history = try history(rules, nil)
        }
        return change
    }

    private mutating func record(_ rules: ScoringRules) -> FieldRecord {
        if let record, version == rules.version { return record }
        let found = FieldRecord(stored.lead, rules)
        (record, version) = (found, rules.version)
        return found
    }

    private mutating func history(_ rules: ScoringRules, _ kinds: Set<String>?) throws -> [BehaviourFact] {
        let all = try loaded ?? engagement()
        loaded = all
        let readsDocuments = rules.readsEngagementDocuments
        return try all.compactMap { entry in
            guard kinds?.contains(entry.kind) ?? true, rules.counts(entry.occurredAt, arrivedAt: entry.receivedAt)
            else { return nil }
            return try entry.fact(rules, readsDocument: readsDocuments)
        }
    }
}

/// The versions between the one by which a lead was scored and the one in force.
struct VersionPath: Sendable {
    /// The one by which it was; nil where that is not known.
    let last: ScoringRules?
    /// Those that took effect since, the one in force at the end; none where the lead was scored by that one.
    let next: [ScoringRules]

    init(
        from version: Int64, to rules: ScoringRules, at now: Instant, _ library: AgreementLibrary<ScoringRules>,
        _ database: Database
    ) throws {
        last = try library.version(version, database)
        next =
            version == rules.version
            ? [] : last == nil ? [rules] : try library.successors(of: version, upTo: now, database)
    }

    /// Whether a lead's own engagement is needed to take it along.
    func readsEngagement(of lead: StoredLead) -> Bool {
        let memory = lead.memory
        return memory.accumulators.latest > memory.scoredAt
            || ((last.map { [$0] } ?? []) + next).contains { $0.readsBehaviour || $0.shape != memory.shape }
    }

    /// Whether some version reads more of it than kind and time.
    var readsEngagementDocuments: Bool {
        last?.readsEngagementDocuments ?? false || next.contains(where: \.readsEngagementDocuments)
    }
}
