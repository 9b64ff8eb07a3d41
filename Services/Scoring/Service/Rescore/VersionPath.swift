import GRDB
import Hosting
import Kernel
import ScoringDomain

/// The versions between the one by which a lead was scored and the one in force.
final class VersionPath: Sendable {
    struct Step: Sendable {
        let rules: ScoringRules
        /// Of the accumulators of the step before; nil where they serve as they are, or that one is not known.
        let recount: Recount?
    }

    /// The one by which it was; nil where that is not known.
    let last: ScoringRules?
    /// Those that took effect since, the one in force at the end; none where the lead was scored by that one.
    let next: [Step]
    /// All of them ask the same of a lead's fields.
    let asksSame: Bool
    /// Kinds of engagement that some of them looks at, or counts anew.
    let kinds: Set<String>

    init(
        from version: Int64, to rules: ScoringRules, at now: Instant, _ library: AgreementLibrary<ScoringRules>,
        _ database: Database
    ) throws {
        let last = try library.version(version, database)
        let next =
            version == rules.version
            ? [] : last == nil ? [rules] : try library.successors(of: version, upTo: now, database)
        self.last = last
        var before = last
        self.next = next.map { rules in
            defer { before = rules }
            return Step(rules: rules, recount: before.flatMap { Recount(from: $0, to: rules) })
        }
        asksSame = next.allSatisfy { $0.asksSame(as: last ?? rules) }
        kinds = self.next.reduce(into: last?.countedKinds ?? []) { kinds, step in
            kinds.formUnion(step.rules.countedKinds)
            if let recount = step.recount { kinds.formUnion(recount.kinds) }
        }
    }

    /// All of them.
    var versions: [ScoringRules] { (last.map { [$0] } ?? []) + next.map(\.rules) }

    /// What of a lead's engagement is looked at when it is taken along: of some kinds, ``kinds``.
    func history(of stored: LeadMemory, now: Instant) -> NeededHistory {
        guard let first = next.first?.rules else { return .nothing }
        var memory = stored
        let asOf = first.renewalTime(of: memory, now: now)
        let hasCooled = memory.coolsAt.map { $0 < asOf } ?? false
        let since = hasCooled ? min(memory.scoredAt, asOf) : asOf
        var isRead = false
        /// - Returns: whether all of it is looked at.
        func looks(_ rules: ScoringRules) -> Bool {
            switch rules.history(of: memory, judgedFrom: since, now: asOf) {
            case .nothing: return false
            case .kinds: isRead = true
            case .all: return true
            }
            return false
        }
        if let last, looks(last) { return .all }
        for step in next {
            if let recount = step.recount, recount.applies(to: memory, judgedFrom: asOf) {
                // Behind one of them, accumulators are others than those that are stored.
                isRead = isRead || memory.shape != stored.shape || recount.needsHistory(of: memory)
                memory.shape = step.rules.shape
            }
            if looks(step.rules) { return .all }
        }
        return isRead ? .kinds(kinds) : .nothing
    }
}
