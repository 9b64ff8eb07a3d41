public import Criteria
public import Kernel

/// How accumulators go over from one version to the next: what they remember serves rules that count in the same way, and
/// mostly those that count the same with another decay; only the rest is counted anew.
public final class Recount: Sendable {
    /// The kinds of engagement of rules that count in another way.
    public let kinds: Set<String>
    /// Of those of which more counts than that and when they happened: the slots that are looked at.
    public let slots: [String: Set<Int>]
    private let last: ScoringRules
    private let rules: ScoringRules
    /// By the position of a rule before: its position now, where it counts the same engagement as often.
    private let places: [Int?]
    /// By kind: the rules that count in another way.
    private let changed: [String: [Int]]
    /// Some of them count what no rule counted before.
    private let hasNew: Bool

    /// Nil where all count in the same way.
    public init?(from last: ScoringRules, to rules: ScoringRules) {
        guard last.shape != rules.shape else { return nil }
        (self.last, self.rules) = (last, rules)
        let hasSameBound = last.settings.lateAfter == rules.settings.lateAfter
        var known: [String: Int] = [:]
        for (place, rule) in last.engagement.enumerated() where hasSameBound { known[rule.counted] = place }
        var places = [Int?](repeating: nil, count: last.engagement.count)
        var changed: [String: [Int]] = [:]
        var hasNew = false
        for (place, rule) in rules.engagement.enumerated() {
            let before = known.removeValue(forKey: rule.counted)
            if let before { places[before] = place } else { hasNew = true }
            if before.map({ last.engagement[$0].shape != rule.shape }) ?? true {
                changed[rule.event, default: []].append(place)
            }
        }
        (self.places, self.changed, self.hasNew) = (places, changed, hasNew)
        kinds = Set(changed.keys)
        slots = changed.mapValues { places in
            places.reduce(into: []) { $0.formUnion(rules.engagement[$1].filter?.needs.slots ?? []) }
        }.filter { !$0.value.isEmpty }
    }

    /// Whether what a lead is remembered by was counted by the version before, all of it by a moment.
    public func applies(to memory: LeadMemory, judgedFrom moment: Instant) -> Bool {
        memory.shape == last.shape && memory.accumulators.latest <= min(memory.scoredAt, moment)
    }

    /// Whether anything that a lead did has to be counted anew.
    public func needsHistory(of memory: LeadMemory) -> Bool {
        hasNew || memory.accumulators.entries.contains { places[$0.rule] != nil && served($0) == nil }
    }

    /// What the next version remembers of a lead instead.
    ///
    /// - Parameter history: where it is needed, what the lead did of ``kinds`` and counts, in the order of time.
    public func apply(to memory: inout LeadMemory, _ history: [BehaviourFact]) {
        var entries = memory.accumulators.entries.compactMap(served)
        entries.sort { $0.rule < $1.rule }
        let kept = history.isEmpty ? [] : Set(entries.map(\.rule))
        var accumulators = LeadAccumulators(entries: entries, latest: memory.accumulators.latest)
        for fact in history {
            guard let places = changed[fact.kind] else { continue }
            accumulators.add(fact, by: kept.isEmpty ? places : places.filter { !kept.contains($0) }, rules)
        }
        memory.accumulators = accumulators
        memory.shape = rules.shape
    }

    /// The same as the next version would have it; nil where it is gone, or remembers too little.
    private func served(_ entry: LeadAccumulators.Entry) -> LeadAccumulators.Entry? {
        guard let place = places[entry.rule],
            entry.accumulator.serves(rules.engagementShares[place].terms, last.engagementShares[entry.rule].terms)
        else { return nil }
        return LeadAccumulators.Entry(rule: place, accumulator: entry.accumulator)
    }
}

extension Accumulator {
    /// Whether what one rule remembers is what another would, that counts the same as often, with its own decay.
    fileprivate func serves(_ rule: EngagementTerms, _ last: EngagementTerms) -> Bool {
        if rule.decay == last.decay { return true }
        switch (rule.repeats, rule.decay, last.decay) {
        case (.once, _, _): return true
        case (.oncePerDay, .linear, _), (.oncePerDay, _, .linear): return false
        case (.oncePerDay, _, _): return true
        case (.every, .exponential, .exponential): return count == 1
        case (.every, _, _): return false
        }
    }
}
