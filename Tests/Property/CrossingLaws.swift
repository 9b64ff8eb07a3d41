import Criteria
import Kernel
import ScoringDomain
import Testing

/// Laws of when leads qualify and cool, over random agreements and histories. A failure prints the seed that replays
/// it.
@Suite struct CrossingLaws {
    @Test(arguments: seeds(300))
    func `a lead cools at the instant at which its score falls below the level, and not before`(seed: UInt64) {
        var world = ScoringWorld(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let now = facts.last.map { max($0.occurredAt, ScoringWorld.start) } ?? ScoringWorld.start
        let change = LeadChange(
            memory: nil, createdAt: ScoringWorld.start, updated: false, engagements: facts, record: world.record)
        let memory = world.rules.advance(change, now: now).memory
        let level = world.rules.qualification.coolingLevel
        guard memory.standing.heat == .above else { return #expect(memory.coolsAt == nil, "seed \(seed)") }
        let end = memory.coolsAt ?? now.adding(.days(4_000))
        for _ in 0..<50 {
            let between = Instant(
                microseconds: .random(in: memory.scoredAt.microseconds..<end.microseconds, using: &world.random))
            #expect(world.naiveTotal(facts, at: between) >= level - 1e-9, "seed \(seed) at \(between.text)")
        }
        guard let coolsAt = memory.coolsAt else { return }
        let before = Instant(microseconds: coolsAt.microseconds - 1)
        #expect(world.naiveTotal(facts, at: coolsAt) < level + 1e-9, "seed \(seed) at \(coolsAt.text)")
        #expect(world.naiveTotal(facts, at: before) > level - 1e-9, "seed \(seed) at \(before.text)")
        let time = LeadChange(
            memory: memory, createdAt: ScoringWorld.start, updated: false, engagements: [], record: world.record,
            history: facts)
        #expect(world.rules.advance(time, now: before).crossings.isEmpty, "seed \(seed)")
        let cooled = world.rules.advance(time, now: coolsAt.adding(.days(9)))
        #expect(cooled.crossings.map(\.at) == [coolsAt], "seed \(seed)")
        #expect(cooled.memory.standing.heat == .cooled && cooled.memory.coolsAt == nil, "seed \(seed)")
    }

    @Test(arguments: seeds(300))
    func `a lead qualifies and cools once a crossing, at its time, however facts are batched`(seed: UInt64) {
        var world = ScoringWorld(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let now = ScoringWorld.start.adding(.days(400))
        func change(_ memory: LeadMemory?, _ facts: [BehaviourFact], after history: [BehaviourFact]) -> LeadChange {
            LeadChange(
                memory: memory, createdAt: ScoringWorld.start, updated: false, engagements: facts, record: world.record,
                history: world.rules.readsBehaviour ? history : [])
        }
        let batch = world.rules.advance(change(nil, facts, after: []), now: now)
        let whole = batch.crossings + world.rules.advance(change(batch.memory, [], after: facts), now: now).crossings
        var memory: LeadMemory?
        var single: [Crossing] = []
        var previous: [BehaviourFact] = []
        for fact in facts {
            let step = world.rules.advance(
                change(memory, [fact], after: previous), now: max(ScoringWorld.start, fact.occurredAt))
            memory = step.memory
            previous.append(fact)
            single += step.crossings
        }
        single += world.rules.advance(change(memory, [], after: previous), now: now).crossings
        #expect(whole.map(\.at) == single.map(\.at), "seed \(seed)")
        #expect(whole.map(\.kind) == single.map(\.kind), "seed \(seed)")
        for (left, right) in zip(single, single.dropFirst()) {
            #expect((left.trigger == nil) != (right.trigger == nil), "seed \(seed): a crossing twice")
        }
    }
}
