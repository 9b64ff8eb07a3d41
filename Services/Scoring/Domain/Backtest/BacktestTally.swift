public import Kernel
import Statistics

/// Adds up a backtest, lead by lead: no more is kept than sums, the leads to name, and of leads that both find, a number.
public struct BacktestTally {
    private typealias Pair = (draft: Backtest.Group, against: Backtest.Group)

    private let judge: OutcomeJudge
    public private(set) var leads = 0
    private var draft = Backtest.Side()
    private var against = Backtest.Side()
    private var draftAlone = Backtest.Group()
    private var againstAlone = Backtest.Group()
    private var both = Backtest.Group()
    private var daysEarlier: [Double] = []
    private var weeks: [Int64: (draft: Int, against: Int)] = [:]
    private var segments: [String: Pair] = [:]
    private var different: [BacktestLead] = []

    public init(_ settings: BacktestSettings, now: Instant) {
        judge = OutcomeJudge(settings: settings, now: now)
    }

    /// Counts one more lead.
    public mutating func add(_ lead: BacktestLead) {
        leads += 1
        judge.add(lead.outcome, qualifiedAt: lead.draftAt, to: &draft)
        judge.add(lead.outcome, qualifiedAt: lead.againstAt, to: &against)
        let (draftAt, againstAt) = (judge.within(lead.draftAt), judge.within(lead.againstAt))
        guard draftAt != nil || againstAt != nil else { return }
        if let draftAt { weeks[Self.week(of: draftAt), default: (0, 0)].draft += 1 }
        if let againstAt { weeks[Self.week(of: againstAt), default: (0, 0)].against += 1 }
        if let draftAt, let againstAt {
            daysEarlier.append(Double(againstAt.microseconds - draftAt.microseconds) / 86_400_000_000)
        }
        judge.add(lead.outcome, at: draftAt, to: &segments[lead.segment, default: Self.none].draft)
        judge.add(lead.outcome, at: againstAt, to: &segments[lead.segment, default: Self.none].against)
        compare(lead, draftAt, againstAt)
    }

    private static let none: Pair = (Backtest.Group(), Backtest.Group())

    private mutating func compare(_ lead: BacktestLead, _ draftAt: Instant?, _ againstAt: Instant?) {
        if judge.isBefore(lead.againstAt) {
            // Judged from when the draft finds them, like those of the draft alone.
            judge.add(lead.outcome, at: draftAt, to: &both)
        } else if draftAt != nil {
            judge.add(lead.outcome, at: draftAt, to: &draftAlone)
            name(lead)
        }
        if againstAt != nil, !judge.isBefore(lead.draftAt) {
            judge.add(lead.outcome, at: againstAt, to: &againstAlone)
            name(lead)
        }
    }

    private mutating func name(_ lead: BacktestLead) {
        if different.count < judge.settings.examples { different.append(lead) }
    }

    /// What was found so far.
    public var backtest: Backtest {
        Backtest(
            draft: draft, against: against, draftAlone: draftAlone, againstAlone: againstAlone, both: both,
            daysEarlier: Summary.median(daysEarlier),
            weeks: weeks.sorted { $0.key < $1.key }.map { week, count in
                Backtest.Week(
                    start: Instant(seconds: week * 604_800 - 259_200), draft: count.draft, against: count.against)
            },
            segments: segments.map { Backtest.Segment(name: $0, draft: $1.draft, against: $1.against) }
                .sorted { left, right in
                    let sizes = (left.draft.leads + left.against.leads, right.draft.leads + right.against.leads)
                    return sizes.0 == sizes.1 ? left.name < right.name : sizes.0 > sizes.1
                },
            different: different)
    }

    /// Counted from Monday, 29 December 1969.
    private static func week(of instant: Instant) -> Int64 {
        let seconds = instant.microseconds / 1_000_000 + 259_200
        return seconds >= 0 ? seconds / 604_800 : (seconds - 604_799) / 604_800
    }
}

/// What is known of leads from a moment on.
private struct OutcomeJudge {
    let settings: BacktestSettings
    let now: Instant

    func within(_ at: Instant?) -> Instant? {
        at.flatMap { $0 >= settings.from && $0 < settings.to ? $0 : nil }
    }

    /// It qualified by the end of the period.
    func isBefore(_ at: Instant?) -> Bool { at.map { $0 < settings.to } ?? false }

    /// It came to it after it qualified, and within the horizon.
    private func came(_ at: Instant?, after qualifiedAt: Instant) -> Bool {
        at.map { $0 > qualifiedAt && $0 <= qualifiedAt.adding(settings.horizon) } ?? false
    }

    private func isKnown(_ outcome: BacktestOutcome, from qualifiedAt: Instant) -> Bool {
        outcome.wasWorked && qualifiedAt.adding(settings.horizon) <= now
    }

    private func reachedAt(_ outcome: BacktestOutcome) -> Instant? {
        switch settings.outcome {
        case .accepted: outcome.acceptedAt
        case .sql: outcome.sqlAt
        case .won: outcome.wonAt
        }
    }

    func add(_ outcome: BacktestOutcome, at: Instant?, to group: inout Backtest.Group) {
        guard let at else { return }
        group.leads += 1
        guard isKnown(outcome, from: at) else { return }
        group.known += 1
        if came(reachedAt(outcome), after: at) { group.successes += 1 }
    }

    func add(_ outcome: BacktestOutcome, qualifiedAt: Instant?, to side: inout Backtest.Side) {
        if let reached = reachedAt(outcome), reached >= settings.from, reached < settings.to {
            side.outcomes += 1
            if let qualifiedAt, qualifiedAt < reached { side.foreseen += 1 }
        }
        guard let at = within(qualifiedAt) else { return }
        side.qualified += 1
        guard outcome.wasWorked else { return side.neverWorked += 1 }
        guard isKnown(outcome, from: at) else { return side.tooYoung += 1 }
        side.known += 1
        if came(outcome.acceptedAt, after: at) { side.wasAccepted += 1 }
        if came(outcome.sqlAt, after: at) { side.wasSQL += 1 }
        if came(reachedAt(outcome), after: at) { side.succeeded += 1 }
        guard came(outcome.wonAt, after: at) else { return }
        side.wasWon += 1
        let (sum, overflows) = side.revenue.addingReportingOverflow(outcome.revenue)
        side.revenue = overflows ? .max : sum
    }
}
