public import Kernel
import Statistics

/// What became of a lead, as far as a backtest asks.
public struct BacktestOutcome: Hashable, Sendable {
    /// Sales got it.
    public var wasWorked = false
    public var acceptedAt: Instant?
    public var sqlAt: Instant?
    public var wonAt: Instant?
    /// In minor units of the agreement's currency.
    public var revenue: Int64 = 0

    public init() {}
}

/// One lead of a backtest.
public struct BacktestLead: Hashable, Sendable {
    public let id: String
    public let segment: String
    public let outcome: BacktestOutcome
    /// When it would first have qualified.
    public let draftAt: Instant?
    public let againstAt: Instant?

    public init(id: String, segment: String, outcome: BacktestOutcome, draftAt: Instant?, againstAt: Instant?) {
        self.id = id
        self.segment = segment
        self.outcome = outcome
        self.draftAt = draftAt
        self.againstAt = againstAt
    }
}

/// What is asked of a backtest.
public struct BacktestSettings: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case accepted, sql, won
    }

    public var outcome = Outcome.accepted
    public var horizon = TimeSpan.days(90)
    public var from = Instant.distantPast
    public var to = Instant.distantFuture

    public init() {}
}

/// Two agreements over the same leads.
public struct Backtest: Sendable {
    public struct Rate: Hashable, Sendable {
        public let count: Int
        public let of: Int

        public var share: Double { of == 0 ? 0 : Double(count) / Double(of) }
        /// Wilson's interval, 95 %.
        public var low: Double { WilsonInterval(successes: count, trials: of).low }
        public var high: Double { WilsonInterval(successes: count, trials: of).high }
    }

    public struct Side: Hashable, Sendable {
        public var qualified = 0
        public var neverWorked = 0
        public var tooYoung = 0
        public var accepted = Rate(count: 0, of: 0)
        public var sql = Rate(count: 0, of: 0)
        public var won = Rate(count: 0, of: 0)
        public var revenue: Int64 = 0
        public var precision = Rate(count: 0, of: 0)
        public var recall = Rate(count: 0, of: 0)
    }

    public struct Group: Hashable, Sendable {
        public let leads: Int
        /// With the outcome, of those whose outcome is known.
        public let outcome: Rate
    }

    public struct Week: Hashable, Sendable {
        /// Its Monday, 00:00 UTC.
        public let start: Instant
        public let draft: Int
        public let against: Int
    }

    public struct Segment: Hashable, Sendable {
        public let name: String
        public let draft: Group
        public let against: Group
    }

    public let draft: Side
    public let against: Side
    public let draftAlone: Group
    public let againstAlone: Group
    public let both: Group
    /// By how many days leads of both qualify earlier under the draft, at the median.
    public let daysEarlier: Double?
    public let weeks: [Week]
    /// The largest first.
    public let segments: [Segment]
    /// Leads that the two see differently, in the order of ids.
    public let different: [BacktestLead]

    /// - Parameter leads: in any order.
    public init(_ leads: [BacktestLead], _ settings: BacktestSettings, now: Instant) {
        let judge = OutcomeJudge(settings: settings, now: now)
        let found = leads.map { lead in
            (lead: lead, draft: judge.within(lead.draftAt), against: judge.within(lead.againstAt))
        }
        draft = judge.side(leads, \.draftAt)
        against = judge.side(leads, \.againstAt)
        let draftOnly = found.filter { $0.draft != nil && !judge.isBefore($0.lead.againstAt) }
        let againstOnly = found.filter { $0.against != nil && !judge.isBefore($0.lead.draftAt) }
        draftAlone = judge.group(draftOnly.map { ($0.lead, $0.draft) })
        againstAlone = judge.group(againstOnly.map { ($0.lead, $0.against) })
        // Judged from when the draft finds them, like those of the draft alone.
        both = judge.group(found.filter { judge.isBefore($0.lead.againstAt) }.map { ($0.lead, $0.draft) })
        daysEarlier = Summary.median(
            found.compactMap { entry in
                guard let draft = entry.draft, let against = entry.against else { return nil }
                return Double(against.microseconds - draft.microseconds) / 86_400_000_000
            })
        weeks = Self.weeks(found.compactMap(\.draft), found.compactMap(\.against))
        segments = Dictionary(grouping: found, by: \.lead.segment)
            .map { name, members in
                Segment(
                    name: name, draft: judge.group(members.map { ($0.lead, $0.draft) }),
                    against: judge.group(members.map { ($0.lead, $0.against) }))
            }
            .filter { $0.draft.leads + $0.against.leads > 0 }
            .sorted { left, right in
                let sizes = (left.draft.leads + left.against.leads, right.draft.leads + right.against.leads)
                return sizes.0 == sizes.1 ? left.name < right.name : sizes.0 > sizes.1
            }
        different = (draftOnly + againstOnly).map(\.lead).sorted { $0.id < $1.id }
    }

    private static func weeks(_ draft: [Instant], _ against: [Instant]) -> [Week] {
        var counts: [Int64: (draft: Int, against: Int)] = [:]
        for instant in draft { counts[week(of: instant), default: (0, 0)].draft += 1 }
        for instant in against { counts[week(of: instant), default: (0, 0)].against += 1 }
        return counts.sorted { $0.key < $1.key }.map { week, count in
            Week(start: Instant(seconds: week * 604_800 - 259_200), draft: count.draft, against: count.against)
        }
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

    private func isKnown(_ lead: BacktestLead, from qualifiedAt: Instant) -> Bool {
        lead.outcome.wasWorked && qualifiedAt.adding(settings.horizon) <= now
    }

    private func outcomeAt(_ outcome: BacktestOutcome) -> Instant? {
        switch settings.outcome {
        case .accepted: outcome.acceptedAt
        case .sql: outcome.sqlAt
        case .won: outcome.wonAt
        }
    }

    func group(_ members: [(lead: BacktestLead, at: Instant?)]) -> Backtest.Group {
        var (leads, known, successes) = (0, 0, 0)
        for (lead, at) in members {
            guard let at else { continue }
            leads += 1
            guard isKnown(lead, from: at) else { continue }
            known += 1
            if came(outcomeAt(lead.outcome), after: at) { successes += 1 }
        }
        return Backtest.Group(leads: leads, outcome: Backtest.Rate(count: successes, of: known))
    }

    func side(_ leads: [BacktestLead], _ qualifiedAt: (BacktestLead) -> Instant?) -> Backtest.Side {
        var side = Backtest.Side()
        var (known, accepted, sql, won, precise) = (0, 0, 0, 0, 0)
        var (successes, foreseen) = (0, 0)
        for lead in leads {
            let outcome = lead.outcome
            if let reached = outcomeAt(outcome), reached >= settings.from, reached < settings.to {
                successes += 1
                if let at = qualifiedAt(lead), at < reached { foreseen += 1 }
            }
            guard let at = within(qualifiedAt(lead)) else { continue }
            side.qualified += 1
            if !outcome.wasWorked {
                side.neverWorked += 1
            } else if !isKnown(lead, from: at) {
                side.tooYoung += 1
            } else {
                known += 1
                if came(outcome.acceptedAt, after: at) { accepted += 1 }
                if came(outcome.sqlAt, after: at) { sql += 1 }
                if came(outcomeAt(outcome), after: at) { precise += 1 }
                guard came(outcome.wonAt, after: at) else { continue }
                won += 1
                let (sum, overflows) = side.revenue.addingReportingOverflow(outcome.revenue)
                side.revenue = overflows ? .max : sum
            }
        }
        side.accepted = Backtest.Rate(count: accepted, of: known)
        side.sql = Backtest.Rate(count: sql, of: known)
        side.won = Backtest.Rate(count: won, of: known)
        side.precision = Backtest.Rate(count: precise, of: known)
        side.recall = Backtest.Rate(count: foreseen, of: successes)
        return side
    }
}
