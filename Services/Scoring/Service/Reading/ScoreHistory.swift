import Contracts
import GRDB
import Hosting
import Kernel
import ScoringDomain
import SwiftProtobuf

/// A lead's history: when, which rule, how much, and the running total.
enum ScoreHistory {
    /// The latest changes up to a moment, oldest first.
    static func latest(
        _ limit: Int, of leadID: String, upTo asOf: Instant, _ library: AgreementLibrary<ScoringRules>,
        _ database: Database
    ) throws -> [WireScoreChange] {
        let changes = try ScoreChangeQueries.latest(limit + 1, of: leadID, upTo: asOf, database)
        let standings = try changes.map { change in
            try change.contributions.flatMap { contributions in
                try library.version(change.version, database).map { named(contributions, $0) }
            }
        }
        let first = changes.count > limit ? 1 : 0
        return changes.indices.dropFirst(first).map { index in
            let isFirst = changes[index].number == 1
            return WireScoreChange(
                changes[index], before: isFirst ? [] : index > 0 ? standings[index - 1] : nil,
                after: standings[index])
        }
    }

    private static func named(_ contributions: [Contribution], _ rules: ScoringRules) -> [RulePoints] {
        contributions.compactMap { contribution in
            rules.contributor(contribution.place).map { RulePoints(rule: $0, points: contribution.points) }
        }
    }
}

/// What a rule gave.
private struct RulePoints {
    let rule: String
    let points: Double
}

extension WireScoreChange {
    /// - Parameters:
    ///   - before: what the rules gave before it; nil where that was not kept.
    ///   - after: the same after it.
    fileprivate init(_ change: StoredScoreChange, before: [RulePoints]?, after: [RulePoints]?) {
        self.init()
        at = change.at.wire
        cause = change.cause
        self.before = change.before
        self.after = change.after
        agreementVersion = change.version
        shownBefore = WholePoints.rounded(change.before)
        shownAfter = WholePoints.rounded(change.after)
        guard let before, let after else { return }
        let old = Dictionary(before.map { ($0.rule, $0.points) }) { first, _ in first }
        let kept = Set(after.map(\.rule))
        let changed =
            after.map { RulePoints(rule: $0.rule, points: $0.points - (old[$0.rule] ?? 0)) }
            + before.filter { !kept.contains($0.rule) }.map { RulePoints(rule: $0.rule, points: -$0.points) }
        let moved = changed.filter { $0.points != 0 }
        let shares = WholePoints.shares(moved.map(\.points), total: shownAfter - shownBefore)
        rules = zip(moved, shares).map { rule, shown in
            .with {
                $0.rule = rule.rule
                $0.points = rule.points
                $0.shown = shown
            }
        }
    }
}
