public import Criteria
public import Kernel

/// All that is known of a lead, in the order in which it happened: what a backtest plays.
public struct LeadLife: Sendable {
    public let createdAt: Instant
    /// The lead's fields, each from a moment on; the first from the beginning.
    public let records: [(from: Instant, record: FieldRecord)]
    /// In the order of their time.
    public let engagements: [BehaviourFact]

    public init(createdAt: Instant, records: [(from: Instant, record: FieldRecord)], engagements: [BehaviourFact]) {
        self.createdAt = createdAt
        self.records = records
        self.engagements = engagements
    }
}

extension ScoringRules {
    /// When a lead would first have qualified, had these rules always been in force; nil where it would not by `now`.
    ///
    /// Nothing counts before its own time: fields from when they were set, engagement from when it happened.
    public func firstQualification(of life: LeadLife, now: Instant) -> Instant? {
        var memory: LeadMemory?
        var next = 0
        for (place, entry) in life.records.enumerated() {
            let until = place + 1 < life.records.count ? life.records[place + 1].from : now
            let end = min(until, now)
            guard place == 0 || entry.from <= now else { break }
            if place > 0 {
                var change = LeadChange(
                    memory: memory, createdAt: life.createdAt, updated: true, engagements: [], record: entry.record)
                change.history = Array(life.engagements[..<next])
                let progress = advance(change, now: entry.from)
                if let at = progress.firstQualification { return at }
                memory = progress.memory
            }
            let begin = next
            while next < life.engagements.count, life.engagements[next].occurredAt <= end { next += 1 }
            guard place == 0 || begin < next else { continue }
            var change = LeadChange(
                memory: memory, createdAt: life.createdAt, updated: false,
                engagements: Array(life.engagements[begin..<next]), record: entry.record)
            change.history = Array(life.engagements[..<begin])
            let progress = advance(change, now: end)
            if let at = progress.firstQualification { return at }
            memory = progress.memory
        }
        return nil
    }
}

extension Progress {
    fileprivate var firstQualification: Instant? { crossings.first { $0.trigger != nil }?.at }
}
