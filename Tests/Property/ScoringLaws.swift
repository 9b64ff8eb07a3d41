import Criteria
import Foundation
import Kernel
import ScoringDomain
import Testing

/// Laws of scoring over random agreements and histories. A failure prints the seed that replays it.
@Suite struct ScoringLaws {
    @Test(arguments: seeds(300))
    func `the score of accumulators equals a recomputation from raw engagement, whatever the order of arrival`(
        seed: UInt64
    ) {
        var world = World(seed: seed)
        let facts = world.facts(count: Int.random(in: 0...60, using: &world.random))
        let accumulators = LeadAccumulators(facts.shuffled(using: &world.random), world.rules)
        for _ in 0..<5 {
            let asOf = max(accumulators.latest, World.start).adding(
                .hours(.random(in: 0...3_000, using: &world.random)))
            let score = world.rules.score(
                world.rules.judge(world.record, behaviour: facts, at: asOf), accumulators, at: asOf)
            #expect(abs(score.total - world.naiveTotal(facts, at: asOf)) < 1e-9, "seed \(seed)")
        }
    }

    @Test(arguments: seeds(300))
    func `batches and lateness do not change the score, and what comes too late does not count`(seed: UInt64) {
        var world = World(seed: seed)
        let facts = world.facts(count: Int.random(in: 1...40, using: &world.random))
        var waiting = facts.shuffled(using: &world.random)[...]
        var now = World.start.adding(.hours(.random(in: 0...2_000, using: &world.random)))
        var memory: LeadMemory?
        var arrived: [BehaviourFact] = []
        repeat {
            let batch = waiting.prefix(.random(in: 0...7, using: &world.random)).sorted {
                $0.occurredAt < $1.occurredAt
            }
            waiting = waiting.dropFirst(batch.count)
            var change = LeadChange(
                memory: memory, createdAt: World.start, updated: memory != nil && batch.isEmpty, engagements: batch,
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
        var world = World(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let now = World.start.adding(.days(400))
        func advance(_ memory: LeadMemory?, _ fact: BehaviourFact?, after history: [BehaviourFact])
            -> ScoringDomain.Progress
        {
            let change = LeadChange(
                memory: memory, createdAt: World.start, updated: false, engagements: fact.map { [$0] } ?? [],
                record: world.record, history: history)
            return world.rules.advance(change, now: fact.map { max(World.start, $0.occurredAt) } ?? World.start)
        }
        var run = LeadRun(world.record, createdAt: World.start, world.rules)
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
            memory: nil, createdAt: World.start, updated: false, engagements: facts, record: world.record)
        let expected = world.rules.advance(whole, now: now).crossings.first { $0.trigger != nil }?.at
        #expect(first == expected, "seed \(seed)")
        let life = LeadLife(createdAt: World.start, records: [(.distantPast, world.record)], engagements: facts)
        #expect(world.rules.firstQualification(of: life, now: now) == expected, "seed \(seed)")
    }

    @Test(arguments: seeds(30))
    func `a run of a lead that does much, and is told of it late, forgets nothing that counts`(seed: UInt64) {
        var world = World(seed: seed)
        let told = world.facts(count: 400).map { fact in
            (fact: fact, at: fact.occurredAt.adding(.hours(Bool.random(using: &world.random) ? 300 : 0)))
        }.sorted { $0.at < $1.at }
        var run = LeadRun(world.record, createdAt: World.start.adding(.days(-40)), world.rules)
        for (place, entry) in told.enumerated() {
            _ = run.add(entry.fact, at: entry.at)
            guard place % 20 == 0 else { continue }
            let expected = world.naiveTotal(told[...place].map(\.fact), at: run.scoredAt)
            #expect(abs(run.points.total - expected) < 1e-9, "seed \(seed) at \(run.scoredAt.text)")
        }
    }

    @Test(arguments: seeds(300))
    func `a ledger adds up to its score, in points and in whole points`(seed: UInt64) {
        var world = World(seed: seed)
        let facts = world.facts(count: Int.random(in: 0...60, using: &world.random))
        let accumulators = LeadAccumulators(facts, world.rules)
        let asOf = max(accumulators.latest, World.start).adding(.hours(.random(in: 0...3_000, using: &world.random)))
        let (score, entries) = world.rules.ledger(world.record, behaviour: facts, accumulators, at: asOf)
        #expect(abs(entries.reduce(0) { $0 + $1.points } - score.total) < 1e-9, "seed \(seed)")
        #expect(entries.reduce(0) { $0 + $1.shown } == score.shown, "seed \(seed)")
        #expect(entries.allSatisfy { abs(Double($0.shown) - $0.points) < 1.000001 }, "seed \(seed)")
        #expect(Double(score.shown) - score.total <= 0.5 && score.total - Double(score.shown) <= 0.5, "seed \(seed)")
    }

    @Test(arguments: seeds(300))
    func `a history adds up: each step to the next, and the rules of a step to its total`(seed: UInt64) {
        var world = World(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let change = LeadChange(
            memory: nil, createdAt: World.start, updated: false, engagements: facts, record: world.record)
        let progress = world.rules.advance(change, now: World.start.adding(.days(400)))
        var total = 0.0
        for step in progress.steps {
            #expect(step.previousTotal == total, "seed \(seed)")
            total = step.score.total
            #expect(abs(step.contributions.reduce(0) { $0 + $1.points } - total) < 1e-9, "seed \(seed)")
            #expect(step.contributions.allSatisfy { world.rules.contributor($0.place) != nil }, "seed \(seed)")
        }
        #expect(progress.memory.total == total, "seed \(seed)")
    }

    @Test(arguments: seeds(300))
    func `a lead cools at the instant at which its score falls below the level, and not before`(seed: UInt64) {
        var world = World(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let now = facts.last.map { max($0.occurredAt, World.start) } ?? World.start
        let change = LeadChange(
            memory: nil, createdAt: World.start, updated: false, engagements: facts, record: world.record)
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
            memory: memory, createdAt: World.start, updated: false, engagements: [], record: world.record,
            history: facts)
        #expect(world.rules.advance(time, now: before).crossings.isEmpty, "seed \(seed)")
        let cooled = world.rules.advance(time, now: coolsAt.adding(.days(9)))
        #expect(cooled.crossings.map(\.at) == [coolsAt], "seed \(seed)")
        #expect(cooled.memory.standing.heat == .cooled && cooled.memory.coolsAt == nil, "seed \(seed)")
    }

    @Test(arguments: seeds(300))
    func `a lead qualifies and cools once a crossing, at its time, however facts are batched`(seed: UInt64) {
        var world = World(seed: seed)
        let facts = world.facts(count: 30).sorted { $0.occurredAt < $1.occurredAt }
        let now = World.start.adding(.days(400))
        func change(_ memory: LeadMemory?, _ facts: [BehaviourFact], after history: [BehaviourFact]) -> LeadChange {
            LeadChange(
                memory: memory, createdAt: World.start, updated: false, engagements: facts, record: world.record,
                history: world.rules.readsBehaviour ? history : [])
        }
        let batch = world.rules.advance(change(nil, facts, after: []), now: now)
        let whole = batch.crossings + world.rules.advance(change(batch.memory, [], after: facts), now: now).crossings
        var memory: LeadMemory?
        var single: [Crossing] = []
        var previous: [BehaviourFact] = []
        for fact in facts {
            let step = world.rules.advance(
                change(memory, [fact], after: previous), now: max(World.start, fact.occurredAt))
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

func seeds(_ count: UInt64) -> Range<UInt64> { 1..<(count + 1) }

/// A random agreement and a random lead.
private struct World {
    static let start = Instant(seconds: 1_760_000_000)
    static let kinds = ["page_viewed", "webinar_attended", "demo_requested", "email_opened"]
    var random: SeededRandom
    let rules: ScoringRules
    let record: FieldRecord
    private let plans: [Plan]
    private let fitPoints: Double
    /// Of all, in the category `mixed`, which has a cap for fit and one for engagement.
    private let mixedCap: Double
    private let moreFitPoints: Double
    /// Half of the agreements count behaviour, which needs the whole history.
    private let habitual: (kind: String, days: Int64, atLeast: Int, points: Double)?

    struct Plan {
        var group: PointGroup
        var isMixed: Bool
        var event: String
        var channel: String?
        var points: Double
        var cap: Double?
        var repeats: EngagementRule.Repeat
        var decay: EngagementRule.Decay
    }

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let catalogue = FieldCatalogue()
        plans = (0..<Int.random(in: 1...8, using: &random)).map { _ in World.plan(&random) }
        let habitual =
            Bool.random(using: &random)
            ? nil
            : (
                kind: World.kinds.randomElement(using: &random) ?? "", days: Int64.random(in: 1...60, using: &random),
                atLeast: Int.random(in: 1...4, using: &random), points: Double.random(in: -30...30, using: &random)
            )
        self.habitual = habitual
        fitPoints = Double.random(in: -20...140, using: &random)
        var settings = ScoringRules.Settings()
        settings.fitWeight = .random(in: 0...1, using: &random)
        settings.engagementWeight = .random(in: 0...1, using: &random)
        settings.floor = Bool.random(using: &random) ? 0 : -50
        if Bool.random(using: &random) { settings.situationCap = .random(in: 0...30, using: &random) }
        if Bool.random(using: &random) { settings.negativesFloor = .random(in: -40...0, using: &random) }
        if Bool.random(using: &random) { settings.lateAfter = .hours(.random(in: 1...1_000, using: &random)) }
        mixedCap = .random(in: 5...60, using: &random)
        moreFitPoints = .random(in: 0...30, using: &random)
        var record = FieldRecord(catalogue)
        record["company.employees"] = .number(450)
        self.record = record
        do {
            rules = ScoringRules(
                version: 3, catalogue: catalogue,
                fit: [
                    try PointRule(
                        id: "size", points: fitPoints,
                        when: .leaf(.init(field: "company.employees", op: .gte, value: .number(200))),
                        catalogue: catalogue),
                    try PointRule(
                        id: "more", points: moreFitPoints,
                        when: .leaf(.init(field: "company.employees", op: .gte, value: .number(300))),
                        category: "mixed", catalogue: catalogue),
                    try PointRule(
                        id: "unknown", points: 1_000,
                        when: .leaf(.init(field: "company.industry", op: .eq, value: .text("software"))),
                        catalogue: catalogue),
                ],
                engagement: try plans.enumerated().map { index, plan in
                    try EngagementRule(
                        id: "rule-\(index)", group: plan.group, category: plan.isMixed ? "mixed" : "",
                        event: plan.event, points: plan.points,
                        filter: plan.channel.map {
                            .leaf(.init(field: "engagement.channel", op: .eq, value: .text($0)))
                        },
                        cap: plan.cap, repeats: plan.repeats, decay: plan.decay, catalogue: catalogue)
                },
                situation: try habitual.map { habit in
                    [
                        try PointRule(
                            id: "habit", points: habit.points,
                            when: .behaviour(
                                .init(event: habit.kind, within: .days(habit.days), atLeast: habit.atLeast)),
                            catalogue: catalogue)
                    ]
                } ?? [],
                categories: [RuleCategory(id: "mixed", cap: mixedCap)], settings: settings,
                qualification: Qualification(
                    threshold: .random(in: 10...60, using: &random),
                    handRaisers: Bool.random(using: &random) ? ["demo_requested"] : [],
                    hysteresis: .random(in: 0...10, using: &random)))
        } catch {
            fatalError("seed \(seed): \(error)")
        }
        self.random = random
    }

    private static func plan(_ random: inout SeededRandom) -> Plan {
        let span = TimeSpan.hours(.random(in: 1...2_000, using: &random))
        let decays: [EngagementRule.Decay] = [.none, .exponential(halfLife: span), .linear(window: span)]
        let groups: [PointGroup] = [.engagement, .engagement, .situation, .negatives]
        let group = groups.randomElement(using: &random) ?? .engagement
        return Plan(
            group: group, isMixed: group == .engagement && Bool.random(using: &random),
            event: kinds.randomElement(using: &random) ?? "",
            channel: Int.random(in: 0..<3, using: &random) == 0 ? "paid" : nil,
            points: group == .negatives
                ? .random(in: -30 ... -1, using: &random) : .random(in: -20...40, using: &random),
            cap: Bool.random(using: &random) ? .random(in: 1...60, using: &random) : nil,
            repeats: EngagementRule.Repeat.allCases.randomElement(using: &random) ?? .every,
            decay: decays.randomElement(using: &random) ?? .none)
    }

    /// Engagement around the start: some of it several times a day, some of it long ago.
    mutating func facts(count: Int) -> [BehaviourFact] {
        (0..<count).map { _ in
            var record = FieldRecord(rules.catalogue)
            record["engagement.channel"] = .text(Bool.random(using: &random) ? "paid" : "organic")
            return BehaviourFact(
                kind: Self.kinds.randomElement(using: &random) ?? "",
                occurredAt: Self.start.adding(.minutes(.random(in: -50_000...200_000, using: &random))),
                record: record)
        }
    }

    func isLate(_ fact: BehaviourFact, _ arrivedAt: Instant?) -> Bool {
        guard let bound = rules.settings.lateAfter, let arrivedAt else { return false }
        return arrivedAt.seconds(since: fact.occurredAt) > bound.inSeconds
    }

    /// From the raw engagement, rule by rule, sharing nothing with the accumulators.
    func naiveTotal(_ facts: [BehaviourFact], at asOf: Instant) -> Double {
        let past = facts.filter { $0.occurredAt <= asOf }
        func sum(_ group: PointGroup, isMixed: Bool = false) -> Double {
            plans.filter { $0.group == group && $0.isMixed == isMixed }.reduce(0.0) {
                $0 + Self.naive($1, past, at: asOf)
            }
        }
        let settings = rules.settings
        let fit = fitPoints + min(moreFitPoints, mixedCap)
        let engagement = sum(.engagement) + min(sum(.engagement, isMixed: true), mixedCap)
        let situation = min(sum(.situation) + habitPoints(past, at: asOf), settings.situationCap)
        let negatives = max(sum(.negatives), settings.negativesFloor)
        let total =
            settings.fitWeight * min(max(fit, 0), 100) + settings.engagementWeight * min(max(engagement, 0), 100)
            + situation + negatives
        return max(total, settings.floor)
    }

    private func habitPoints(_ past: [BehaviourFact], at asOf: Instant) -> Double {
        guard let habitual else { return 0 }
        let edge = asOf.microseconds - TimeSpan.days(habitual.days).microseconds
        let count = past.filter { $0.kind == habitual.kind && $0.occurredAt.microseconds >= edge }.count
        return count >= habitual.atLeast ? habitual.points : 0
    }

    private static func naive(_ plan: Plan, _ past: [BehaviourFact], at asOf: Instant) -> Double {
        var times = past.filter {
            $0.kind == plan.event && (plan.channel == nil || $0.record["engagement.channel"] == .text("paid"))
        }.map(\.occurredAt).sorted()
        switch plan.repeats {
        case .every: break
        case .once: times = Array(times.prefix(1))
        case .oncePerDay:
            var days: Set<String> = []
            times = times.filter { days.insert(String($0.text.prefix(10))).inserted }
        }
        let points = times.reduce(0.0) { sum, time in
            let age = asOf.seconds(since: time)
            switch plan.decay {
            case .none: return sum + plan.points
            case .exponential(let halfLife): return sum + plan.points * pow(0.5, age / halfLife.inSeconds)
            case .linear(let window): return sum + plan.points * max(0, 1 - age / window.inSeconds)
            }
        }
        guard let cap = plan.cap else { return points }
        return plan.points < 0 ? max(points, -cap) : min(points, cap)
    }
}
