public import Kernel

/// What one engagement rule remembers of one lead: enough for its points at any later instant.
///
/// Which parts are used follows from the rule:
///
/// | repeat | decay | remembered |
/// |---|---|---|
/// | every | none | `count` |
/// | every | exponential | `count`, and `sum`: whole engagements left at `lastAt` |
/// | every | linear | `times` inside the window before `lastAt` |
/// | once | any | `lastAt`: the first one |
/// | once_per_day | any | `times`: the first of each UTC day; with linear decay only of days inside the window |
///
/// Adding the same engagements in any order gives the same points. One that is newer than the others is added without a
/// look at them; the points of a rule that remembers times are read from all of these.
public struct Accumulator: Hashable, Sendable {
    public var count: Int
    public var sum: Double
    public var lastAt: Instant
    /// Ascending.
    public var times: [Instant]

    public init(count: Int = 0, sum: Double = 0, lastAt: Instant = .distantPast, times: [Instant] = []) {
        self.count = count
        self.sum = sum
        self.lastAt = lastAt
        self.times = times
    }

    /// Counts one more engagement; it may be older than others that are counted already.
    mutating func add(_ moment: Instant, _ rule: EngagementTerms) {
        switch (rule.repeats, rule.decay) {
        case (.once, _):
            lastAt = count == 0 ? moment : min(lastAt, moment)
            count = 1
        case (.every, .none):
            count += 1
            lastAt = max(lastAt, moment)
        case (.every, .exponential): addDecaying(moment, rule.decay)
        case (.every, .linear(let window)):
            lastAt = max(lastAt, moment)
            times.insert(moment, at: (times.lastIndex { $0 <= moment } ?? -1) + 1)
            forget(before: Instant(microseconds: lastAt.microseconds - window.microseconds))
        case (.oncePerDay, let decay): addDaily(moment, decay)
        }
    }

    /// Exponential decay composes: the sum at one reference time is carried to another by one factor.
    private mutating func addDecaying(_ moment: Instant, _ decay: EngagementRule.Decay) {
        if count == 0 {
            sum = 1
            lastAt = moment
        } else if moment >= lastAt {
            sum = sum * decay.share(after: moment.age(of: lastAt)) + 1
            lastAt = moment
        } else {
            sum += decay.share(after: lastAt.age(of: moment))
        }
        count += 1
    }

    private mutating func addDaily(_ moment: Instant, _ decay: EngagementRule.Decay) {
        let day = moment.utcDay
        let index = (times.lastIndex { $0.utcDay < day } ?? -1) + 1
        if index < times.count, times[index].utcDay == day {
            times[index] = min(times[index], moment)
        } else {
            times.insert(moment, at: index)
        }
        lastAt = times.last ?? moment
        if case .linear(let window) = decay {
            // A day is only forgotten as a whole: a later engagement of the same day must still find the first.
            let edge = Instant(microseconds: lastAt.microseconds - window.microseconds)
            forget(before: Instant(microseconds: edge.utcDay * Instant.microsecondsPerDay))
        }
        count = times.count
    }

    private mutating func forget(before edge: Instant) {
        let expired = times.prefix { $0 < edge }.count
        times.removeFirst(expired)
        count = times.count
    }

    /// What counts at an instant that is not before any engagement added.
    func standing(_ rule: EngagementRule, at asOf: Instant) -> RuleStanding { standing(rule.terms, at: asOf) }

    func standing(_ rule: EngagementTerms, at asOf: Instant) -> RuleStanding {
        switch (rule.repeats, rule.decay) {
        case (.every, .none): return RuleStanding(rule, count: count, whole: Double(count), lastAt: lastAt)
        case (.every, .exponential):
            return RuleStanding(
                rule, count: count, whole: sum * rule.decay.share(after: asOf.age(of: lastAt)), lastAt: lastAt)
        case (.once, _): return Self.standing(CollectionOfOne(lastAt), rule, at: asOf)
        case (.every, .linear), (.oncePerDay, _): return Self.standing(times, rule, at: asOf)
        }
    }

    private static func standing(
        _ times: some Collection<Instant>, _ rule: EngagementTerms, at asOf: Instant
    ) -> RuleStanding {
        var count = 0
        var whole = 0.0
        var lastAt = Instant.distantPast
        for moment in times {
            let share = rule.decay.share(after: asOf.age(of: moment))
            guard share > 0 || !rule.decay.isLinear else { continue }
            count += 1
            whole += share
            lastAt = moment
        }
        return RuleStanding(rule, count: count, whole: whole, lastAt: lastAt)
    }
}

/// What one engagement rule contributes at an instant, before weight.
struct RuleStanding {
    /// Engagements that count; under linear decay only those inside the window.
    let count: Int
    let raw: Double
    let decayed: Double
    /// Decayed and cut to the cap: what counts.
    let counted: Double
    let lastAt: Instant

    init(_ rule: EngagementTerms, count: Int, whole: Double, lastAt: Instant) {
        self.count = count
        self.lastAt = lastAt
        raw = rule.points * Double(count)
        decayed = rule.points * whole
        counted = rule.capped(decayed)
    }
}

extension EngagementRule.Decay {
    var isLinear: Bool {
        if case .linear = self { true } else { false }
    }
}

extension Instant {
    static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Days since 1970, rounded down.
    var utcDay: Int64 {
        let (day, rest) = microseconds.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
        return rest < 0 ? day - 1 : day
    }

    func age(of earlier: Instant) -> TimeSpan {
        TimeSpan(microseconds: microseconds - earlier.microseconds)
    }
}
