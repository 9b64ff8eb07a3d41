public import Criteria
public import Kernel

/// All that is known of a lead, in the order in which it happened: what a backtest plays.
public struct LeadLife: Sendable {
    public let createdAt: Instant
    /// The lead's fields, each from a moment on; the first from the beginning.
    public let records: [(from: Instant, record: FieldRecord)]
    /// In the order in which they came to be known.
    public let engagements: [BehaviourFact]
    /// Since when each is known, never before it happened.
    public let knownFrom: [Instant]

    /// - Parameter knownFrom: nil where each engagement was known when it happened.
    public init(
        createdAt: Instant, records: [(from: Instant, record: FieldRecord)], engagements: [BehaviourFact],
        knownFrom: [Instant]? = nil
    ) {
        self.createdAt = createdAt
        self.records = records
        self.engagements = engagements
        self.knownFrom = knownFrom ?? engagements.map(\.occurredAt)
    }
}

extension ScoringRules {
    /// When a lead would first have qualified, had these rules always been in force; nil where it would not by `now`.
    ///
    /// Nothing counts before its own time: fields from when they were set, engagement from when it was known.
    public func firstQualification(of life: LeadLife, now: Instant) -> Instant? {
        guard let first = life.records.first else { return nil }
        var next = 0
        var run = LeadRun(first.record, createdAt: min(life.createdAt, life.end(of: 0, now: now)), self)
        if run.come() != nil { return run.scoredAt }
        for (place, entry) in life.records.enumerated() {
            if place > 0 {
                guard entry.from <= now else { break }
                if run.change(entry.record, at: entry.from) != nil { return run.scoredAt }
            }
            let end = life.end(of: place, now: now)
            while next < life.engagements.count, life.knownFrom[next] <= end {
                if run.add(life.engagements[next], at: life.knownFrom[next]) != nil { return run.scoredAt }
                next += 1
            }
        }
        return nil
    }
}

extension LeadLife {
    /// Until when one of its records holds, or is known to.
    fileprivate func end(of place: Int, now: Instant) -> Instant {
        place + 1 < records.count ? min(records[place + 1].from, now) : now
    }
}
