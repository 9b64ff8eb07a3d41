import Kernel

/// How often something was done, compared with bounds.
struct BehaviourTest: Hashable, Sendable {
    let event: String
    let filter: CriteriaProgram?
    /// Microseconds.
    let within: Int64?
    let atLeast: Int
    let atMost: Int?

    /// Facts whose filter is unknown may count or not, so the count itself is a range.
    func count(_ facts: [BehaviourFact], now: Instant) -> (certain: Int, possible: Int) {
        var certain = 0
        var possible = 0
        for fact in facts where fact.kind == event && isInTime(fact, now) {
            switch filter?.verdict(fact.record, [], now) ?? .true {
            case .true:
                certain += 1
                possible += 1
            case .unknown: possible += 1
            case .false: break
            }
        }
        return (certain, possible)
    }

    func verdict(_ facts: [BehaviourFact], now: Instant) -> Verdict {
        let (certain, possible) = count(facts, now: now)
        let enough: Verdict = certain >= atLeast ? .true : possible < atLeast ? .false : .unknown
        guard let atMost else { return enough }
        let few: Verdict = possible <= atMost ? .true : certain > atMost ? .false : .unknown
        return enough.and(few)
    }

    /// From `within` ago until now; what has yet to happen never counts.
    private func isInTime(_ fact: BehaviourFact, _ now: Instant) -> Bool {
        fact.occurredAt <= now && within.map { fact.occurredAt.microseconds >= now.microseconds - $0 } ?? true
    }
}
