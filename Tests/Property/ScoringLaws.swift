import Criteria
import Kernel
import ScoringDomain
import Testing

/// Laws of scoring over random agreements and histories. A failure prints the seed that replays it.
@Suite struct ScoringLaws {
    @Test(arguments: seeds(300))
    func `the score of accumulators equals a recomputation from raw engagement, whatever the order of arrival`(
        seed: UInt64
    ) {
        var world = ScoringWorld(seed: seed)
        let facts = world.facts(count: Int.random(in: 0...60, using: &world.random))
        let accumulators = LeadAccumulators(facts.shuffled(using: &world.random), world.rules)
        for _ in 0..<5 {
            let asOf = max(accumulators.latest, ScoringWorld.start).adding(
                .hours(.random(in: 0...3_000, using: &world.random)))
            let score = world.rules.score(
                world.rules.judge(world.record, behaviour: facts, at: asOf), accumulators, at: asOf)
            #expect(abs(score.total - world.naiveTotal(facts, at: asOf)) < 1e-9, "seed \(seed)")
        }
    }

    @Test(arguments: seeds(300))
    func `batches and lateness do not change the score, and what comes too late does not count`(seed: UInt64) {
        var world = ScoringWorld(seed: seed)
        let facts = world.facts(count: Int.random(in: 1...40, using: &world.random))
        var waiting = facts.shuffled(using: &world.random)[...]
        var now = ScoringWorld.start.adding(.hours(.random(in: 0...2_000, using: &world.random)))
        var memory: LeadMemory?
        var arrived: [BehaviourFact] = []
        repeat {
            let batch = waiting.prefix(.random(in: 0...7, using: &world.random)).sorted {
                $0.occurredAt < $1.occurredAt
            }
            waiting = waiting.dropFirst(batch.count)
            var change = LeadChange(
                memory: memory, createdAt: ScoringWorld.start, updated: memory != nil && batch.isEmpty,
                engagements: batch,
                record: world.record)
            let arrivedAt = memory == nil ? nil : now
            change.uncounted = Set(batch.indices.filter { world.isLate(batch[$0], arrivedAt) })
            switch world.rules.history(neededBy: change, now: now) {
            case .nothing: break
            case .kinds(let kinds): change.history = arrived.filter { kinds.contains($0.kind) }
            case .all: change.history = arrived
            }
            let progress = world.rules.advance(change, now: now)
            memory = progress.memory
            arrived += batch.filter { !world.isLate($0, arrivedAt) }
            if let score = progress.change?.score {
                let naive = world.naiveTotal(arrived, at: score.asOf)
                #expect(abs(score.total - naive) < 1e-9, "seed \(seed) at \(score.asOf.text)")
            }
            #expect(progress.steps.allSatisfy { $0.score.asOf <= now }, "seed \(seed)")
            now = now.adding(.hours(.random(in: 0...200, using: &world.random)))
        } while !waiting.isEmpty
    }

    @Test(arguments: seeds(300))
    func `a run comes to the score of each fact, and to the first time that the lead qualifies`(seed: UInt64) {
        var world = ScoringWorld(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let now = ScoringWorld.start.adding(.days(400))
        func advance(_ memory: LeadMemory?, _ fact: BehaviourFact?, after history: [BehaviourFact])
            -> ScoringDomain.Progress
        {
            let change = LeadChange(
                memory: memory, createdAt: ScoringWorld.start, updated: false, engagements: fact.map { [$0] } ?? [],
                record: world.record, history: history)
            return world.rules.advance(
                change, now: fact.map { max(ScoringWorld.start, $0.occurredAt) } ?? ScoringWorld.start)
        }
        var run = LeadRun(world.record, createdAt: ScoringWorld.start, world.rules)
        var first = run.come().map { _ in run.scoredAt }
        var memory = advance(nil, nil, after: []).memory
        for (place, fact) in facts.enumerated() {
            let qualifies = run.add(fact) != nil
            if qualifies, first == nil { first = run.scoredAt }
            let progress = advance(memory, fact, after: Array(facts[..<place]))
            memory = progress.memory
            #expect(progress.change.map { abs($0.score.total - run.points.total) < 1e-9 } ?? false, "seed \(seed)")
        }
        let whole = LeadChange(
            memory: nil, createdAt: ScoringWorld.start, updated: false, engagements: facts, record: world.record)
        let expected = world.rules.advance(whole, now: now).crossings.first { $0.trigger != nil }?.at
        #expect(first == expected, "seed \(seed)")
        let life = LeadLife(createdAt: ScoringWorld.start, records: [(.distantPast, world.record)], engagements: facts)
        #expect(world.rules.firstQualification(of: life, now: now) == expected, "seed \(seed)")
    }

    @Test(arguments: seeds(30))
    func `a run of a lead that does much, and is told of it late, forgets nothing that counts`(seed: UInt64) {
        var world = ScoringWorld(seed: seed)
        let told = world.facts(count: 400).map { fact in
            (fact: fact, at: fact.occurredAt.adding(.hours(Bool.random(using: &world.random) ? 300 : 0)))
        }.sorted { $0.at < $1.at }
        var run = LeadRun(world.record, createdAt: ScoringWorld.start.adding(.days(-40)), world.rules)
        for (place, entry) in told.enumerated() {
            _ = run.add(entry.fact, at: entry.at)
            guard place % 20 == 0 else { continue }
            let expected = world.naiveTotal(told[...place].map(\.fact), at: run.scoredAt)
            #expect(abs(run.points.total - expected) < 1e-9, "seed \(seed) at \(run.scoredAt.text)")
        }
    }

    @Test(arguments: seeds(300))
    func `a ledger adds up to its score, in points and in whole points`(seed: UInt64) {
        var world = ScoringWorld(seed: seed)
        let facts = world.facts(count: Int.random(in: 0...60, using: &world.random))
        let accumulators = LeadAccumulators(facts, world.rules)
        let asOf = max(accumulators.latest, ScoringWorld.start).adding(
            .hours(.random(in: 0...3_000, using: &world.random)))
        let (score, entries) = world.rules.ledger(world.record, behaviour: facts, accumulators, at: asOf)
        #expect(abs(entries.reduce(0) { $0 + $1.points } - score.total) < 1e-9, "seed \(seed)")
        #expect(entries.reduce(0) { $0 + $1.shown } == score.shown, "seed \(seed)")
        #expect(entries.allSatisfy { abs(Double($0.shown) - $0.points) < 1.000001 }, "seed \(seed)")
        #expect(Double(score.shown) - score.total <= 0.5 && score.total - Double(score.shown) <= 0.5, "seed \(seed)")
    }

    @Test(arguments: seeds(300))
    func `a history adds up: each step to the next, and the rules of a step to its total`(seed: UInt64) {
        var world = ScoringWorld(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let change = LeadChange(
            memory: nil, createdAt: ScoringWorld.start, updated: false, engagements: facts, record: world.record)
        let progress = world.rules.advance(change, now: ScoringWorld.start.adding(.days(400)))
        var total = 0.0
        for step in progress.steps {
            #expect(step.previousTotal == total, "seed \(seed)")
            total = step.score.total
            #expect(abs(step.contributions.reduce(0) { $0 + $1.points } - total) < 1e-9, "seed \(seed)")
            #expect(step.contributions.allSatisfy { world.rules.contributor($0.place) != nil }, "seed \(seed)")
        }
        #expect(progress.memory.total == total, "seed \(seed)")
    }
}

func seeds(_ count: UInt64) -> Range<UInt64> { 1..<(count + 1) }
