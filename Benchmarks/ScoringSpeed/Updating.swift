import Contracts
import Criteria
import Kernel
import ScoringDomain
import ScoringService

/// Engagement of many leads, in the order in which it happens, counted in memory: so many a second, in each of three ways.
///
/// An update is one engagement added to what its lead has done: each of the 30 rules that is of its kind is asked, its
/// filter evaluated, and what it counts is carried on; then the lead's score at that moment, with the decay of all that
/// counts, caps of rules and categories, weights and floors, and whether the lead qualifies by it. Each way has to come to
/// the same scores.
struct Updating: Encodable {
    let engagements: Int
    /// Updates a second on one core, of each round.
    let counted: [Double]
    /// The same with an entry in the lead's history (what each rule gave), and the search for when it will cool.
    let advanced: [Double]
    /// From all that the lead did so far, each time.
    let recomputed: [Double]

    init(leads: Int, rounds: Int, agreement: WireAgreementVersion) throws {
        let world = try World(leads: leads, agreement: agreement)
        engagements = world.facts.count
        var (counted, advanced, recomputed): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rounds {
            let totals = world.count(&counted)
            try World.require(totals, world.advance(&advanced))
            try World.require(totals, world.recompute(&recomputed))
        }
        (self.counted, self.advanced, self.recomputed) = (counted, advanced, recomputed)
    }
}

private struct World {
    let rules: ScoringRules
    let records: [FieldRecord]
    /// In the order of time.
    let facts: [BehaviourFact]
    /// Whose they are.
    let owners: [Int]
    private let createdAt = StoreMaking.start

    init(leads: Int, agreement: WireAgreementVersion) throws {
        let story = Story(seed: 2026)
        let rules = try ScoringRules(agreement)
        let start = StoreMaking.start
        records = (0..<leads).map { FieldRecord(story.lead($0, at: start), rules) }
        var facts: [(lead: Int, fact: BehaviourFact)] = []
        for lead in 0..<leads {
            // Visits of different leads lie between each other, as they do.
            for (visit, day) in [1, 6, 26].enumerated() {
                let end = start.adding(.days(Int64(day))).adding(.minutes(Int64(lead % 1_440)))
                facts += story.visit(visit, of: lead, before: end).map { (lead, BehaviourFact($0, rules)) }
            }
        }
        self.rules = rules
        facts.sort { ($0.fact.occurredAt, $0.lead) < ($1.fact.occurredAt, $1.lead) }
        owners = facts.map(\.lead)
        self.facts = facts.map(\.fact)
    }

    /// - Returns: the score of each lead after the last thing that it did.
    func count(_ rates: inout [Double]) -> [Double] {
        var runs = records.map { LeadRun($0, createdAt: createdAt, rules) }
        for lead in runs.indices { _ = runs[lead].come() }
        time(&rates) {
            for (place, lead) in owners.enumerated() { _ = runs[lead].add(facts[place]) }
        }
        return runs.map(\.points.total)
    }

    func advance(_ rates: inout [Double]) -> [Double] {
        var memories = records.map { record in
            rules.advance(
                LeadChange(memory: nil, createdAt: createdAt, updated: false, engagements: [], record: record),
                now: createdAt
            ).memory
        }
        var histories = [[BehaviourFact]](repeating: [], count: records.count)
        time(&rates) {
            for (place, lead) in owners.enumerated() {
                let change = LeadChange(
                    memory: memories[lead], createdAt: createdAt, updated: false, engagements: [facts[place]],
                    record: records[lead], history: histories[lead])
                memories[lead] = rules.advance(change, now: max(createdAt, facts[place].occurredAt)).memory
                if rules.countedKinds.contains(facts[place].kind) { histories[lead].append(facts[place]) }
            }
        }
        return memories.map(\.total)
    }

    func recompute(_ rates: inout [Double]) -> [Double] {
        var histories = [[BehaviourFact]](repeating: [], count: records.count)
        var totals = [Double](repeating: 0, count: records.count)
        time(&rates) {
            for (place, lead) in owners.enumerated() {
                histories[lead].append(facts[place])
                let (history, asOf) = (histories[lead], max(createdAt, facts[place].occurredAt))
                let judgement = rules.judge(records[lead], behaviour: history, at: asOf)
                totals[lead] = rules.score(judgement, LeadAccumulators(history, rules), at: asOf).total
            }
        }
        return totals
    }

    private func time(_ rates: inout [Double], _ work: () -> Void) {
        let processor = Usage.processorSeconds()
        work()
        rates.append(Double(facts.count) / (Usage.processorSeconds() - processor))
    }

    static func require(_ totals: [Double], _ others: [Double]) throws {
        guard zip(totals, others).allSatisfy({ abs($0 - $1) < 1e-9 }) else {
            throw BenchFailure("the ways come to different scores")
        }
    }
}
