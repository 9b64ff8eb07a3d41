import Criteria
import Kernel

/// Finds when a lead falls below a level if nothing else happens.
///
/// Between the moments at which criteria turn and engagement ahead of now comes in, everything that counts fades
/// steadily, some up and some down. So a stretch of time is judged by a bound that no score in it is below, and halved
/// where the bound does not settle it, down to the microsecond. Where negatives fade too, the score may dip below the
/// level and rise again: a dip shorter than a 512th of the time looked ahead may be passed over.
struct CoolingSearch {
    let rules: ScoringRules
    let record: FieldRecord
    /// What the lead did: all of it where some of it lies ahead, else as much as the rules judge by.
    let known: [BehaviourFact]
    let accumulators: LeadAccumulators
    let level: Double

    /// The first instant from one to another, both included, at which the score is below the level.
    func first(from start: Instant, to last: Instant, _ judge: inout LeadJudge) -> Instant? {
        guard start <= last else { return nil }
        var begin = start
        for end in ends(after: start, upTo: last) {
            let judgement = judge.judgement(rules, behaviour: known, at: begin)
            if let found = Piece(self, judgement, begin).first(to: end) { return found }
            begin = Instant(microseconds: end.microseconds + 1)
        }
        return nil
    }

    /// The last instants of the stretches in which nothing turns.
    private func ends(after start: Instant, upTo last: Instant) -> [Instant] {
        var turns: [Instant] = []
        if rules.variesWithTime {
            rules.tiers?.addTurns(record, after: start, to: &turns)
            for rule in rules.judgedRules where rule.varies {
                rule.when.addTurns(record, behaviour: known, after: start, to: &turns)
            }
        }
        if accumulators.latest > start { turns += known.map(\.occurredAt).filter { $0 > start } }
        let sorted = Set(turns.filter { $0 <= last }).sorted()
        return sorted.map { Instant(microseconds: $0.microseconds - 1) } + [last]
    }
}

/// A stretch of time in which verdicts stay as they are.
private struct Piece {
    let rules: ScoringRules
    let begin: Instant
    let level: Double
    let judgement: Judgement
    let accumulators: LeadAccumulators

    init(_ search: CoolingSearch, _ judgement: Judgement, _ begin: Instant) {
        rules = search.rules
        self.begin = begin
        level = search.level
        self.judgement = judgement
        accumulators =
            search.accumulators.latest <= begin
            ? search.accumulators : LeadAccumulators(search.known, upTo: begin, rules)
    }

    /// Looks a day ahead, then twice as far each time: most leads cool within months.
    func first(to last: Instant) -> Instant? {
        if total(at: begin) < level { return begin }
        if least(begin, last) >= level { return nil }
        var (from, span) = (begin, Instant.microsecondsPerDay)
        while true {
            let (sum, overflows) = from.microseconds.addingReportingOverflow(span)
            let to = overflows ? last : min(last, Instant(microseconds: sum))
            if least(from, to) < level,
                let found = first(from, to, ends: total(at: to) < level, resolution: max(1, span / 512))
            {
                return found
            }
            guard to < last else { return nil }
            (from, span) = (to, span.multipliedReportingOverflow(by: 2).partialValue)
        }
    }

    /// The score at `from` is not below the level; each moment is judged once.
    ///
    /// - Parameter ends: the score at `to` is below it; else ``least(_:_:)`` of the two is.
    private func first(_ from: Instant, _ to: Instant, ends: Bool, resolution: Int64) -> Instant? {
        let width = to.microseconds - from.microseconds
        if width <= 1 { return ends && width == 1 ? to : nil }
        if !ends, width <= resolution { return nil }
        let middle = Instant(microseconds: from.microseconds + width / 2)
        if total(at: middle) < level { return first(from, middle, ends: true, resolution: resolution) }
        if least(from, middle) < level, let found = first(from, middle, ends: false, resolution: resolution) {
            return found
        }
        return ends || least(middle, to) < level ? first(middle, to, ends: ends, resolution: resolution) : nil
    }

    private func total(at moment: Instant) -> Double {
        rules.points(judgement, accumulators.points(rules, at: moment)).total
    }

    private func least(_ from: Instant, _ to: Instant) -> Double {
        rules.points(judgement, accumulators.least(rules, from: from, to: to)).total
    }
}
