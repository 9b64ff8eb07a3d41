import Criteria
import Foundation
import Kernel
import ScoringDomain

/// A random agreement and a random lead.
struct ScoringWorld {
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
        plans = (0..<Int.random(in: 1...8, using: &random)).map { _ in ScoringWorld.plan(&random) }
        let habitual =
            Bool.random(using: &random)
            ? nil
            : (
                kind: ScoringWorld.kinds.randomElement(using: &random) ?? "",
                days: Int64.random(in: 1...60, using: &random),
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
