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
    /// How many leads to name that the two see differently.
    public var examples = 0

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
        public internal(set) var qualified = 0
        public internal(set) var neverWorked = 0
        public internal(set) var tooYoung = 0
        public internal(set) var revenue: Int64 = 0
        /// Of those that qualified: whose outcome is known, and what it is.
        var known = 0
        var wasAccepted = 0
        var wasSQL = 0
        var wasWon = 0
        var succeeded = 0
        /// Of all leads: with the outcome, and of these, found before it.
        var outcomes = 0
        var foreseen = 0

        public var accepted: Rate { Rate(count: wasAccepted, of: known) }
        public var sql: Rate { Rate(count: wasSQL, of: known) }
        public var won: Rate { Rate(count: wasWon, of: known) }
        public var precision: Rate { Rate(count: succeeded, of: known) }
        public var recall: Rate { Rate(count: foreseen, of: outcomes) }
    }

    public struct Group: Hashable, Sendable {
        public internal(set) var leads = 0
        var known = 0
        var successes = 0

        /// With the outcome, of those whose outcome is known.
        public var outcome: Rate { Rate(count: successes, of: known) }
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
    /// The first leads, in the order in which they were added, that the two see differently.
    public let different: [BacktestLead]
}
