import Criteria
import Foundation
import Kernel
import ScoringDomain
import Testing

/// What is said to be missing, against every set of so few contributions. A failure prints the seed that replays it.
@Suite struct MissingLaws {
    @Test(arguments: seeds(300))
    func `no smaller set of contributions makes the lead an MQL, and the one that is named does`(seed: UInt64) throws {
        let world = try MissingWorld(seed: seed)
        let missing = world.rules.missing(
            world.record, behaviour: world.facts, LeadAccumulators(world.facts, world.rules), at: world.now)
        #expect(missing.isMet == world.isMet([:]), "seed \(seed)")
        guard !missing.isMet else { return #expect(missing.contributions.isEmpty, "seed \(seed)") }
        let named = Dictionary(missing.contributions.map { ($0.rule, $0.times) }) { first, _ in first }
        let count = named.values.reduce(0, +)
        if !missing.isOutOfReach {
            #expect(world.isMet(named), "seed \(seed): \(named)")
            #expect(abs(world.total(named) - missing.total) < 1e-9, "seed \(seed)")
            let gained = missing.contributions.reduce(0) { $0 + $1.points }
            #expect(abs(world.total([:]) + gained - missing.total) < 1e-9, "seed \(seed)")
        }
        let fewest = world.fewest(atMost: missing.isOutOfReach ? 4 : min(4, count))
        #expect(fewest == (missing.isOutOfReach || count > 4 ? nil : count), "seed \(seed)")
    }
}

/// A random agreement without filters, and a lead of which some fields are unknown.
private struct MissingWorld {
    struct Rule {
        var id: String
        var group: PointGroup
        var points: Double
        var isMixed = false
        var cap: Double?
        var repeats = EngagementRule.Repeat.every
        /// Of a property: what it says of the lead; nil for unknown. Of what leads do: whether it happened now.
        var holds: Bool?
        var isEvent = false
    }

    let now = Instant(seconds: 1_760_000_000)
    let plans: [Rule]
    let mixedCap: Double
    let rules: ScoringRules
    let record: FieldRecord
    let facts: [BehaviourFact]

    init(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let catalogue = FieldCatalogue()
        var plans: [Rule] = []
        for index in 0..<Int.random(in: 1...6, using: &random) {
            let group: PointGroup = [.engagement, .engagement, .fit, .situation].randomElement(using: &random) ?? .fit
            let isEvent = group == .engagement || (group == .situation && Bool.random(using: &random))
            let points = Double(Int.random(in: 1...40, using: &random))
            plans.append(
                Rule(
                    id: "rule-\(index)", group: group, points: points,
                    isMixed: group != .situation && Bool.random(using: &random),
                    cap: isEvent && Bool.random(using: &random) ? points * .random(in: 1...3, using: &random) : nil,
                    repeats: EngagementRule.Repeat.allCases.randomElement(using: &random) ?? .every,
                    holds: isEvent
                        ? Bool.random(using: &random) : [true, false, nil].randomElement(using: &random) ?? nil,
                    isEvent: isEvent))
        }
        self.plans = plans
        mixedCap = .random(in: 10...80, using: &random)
        var settings = ScoringRules.Settings()
        settings.fitWeight = .random(in: 0.1...1, using: &random)
        settings.engagementWeight = .random(in: 0.1...1, using: &random)
        if Bool.random(using: &random) { settings.situationCap = .random(in: 0...40, using: &random) }
        // A property of its own for each rule that is known, and one field that no one knows.
        var record = FieldRecord(catalogue)
        record["company.employees"] = .number(100)
        self.record = record
        func when(_ holds: Bool?) -> Criteria {
            switch holds {
            case true?: .leaf(.init(field: "company.employees", op: .eq, value: .number(100)))
            case false?: .leaf(.init(field: "company.employees", op: .eq, value: .number(1)))
            case nil: .leaf(.init(field: "company.industry", op: .eq, value: .text("software")))
            }
        }
        func properties(_ group: PointGroup) throws -> [PointRule] {
            try plans.filter { $0.group == group && !$0.isEvent }.map {
                try PointRule(
                    id: $0.id, points: $0.points, when: when($0.holds), category: $0.isMixed ? "mixed" : "",
                    catalogue: catalogue)
            }
        }
        rules = ScoringRules(
            version: 1, catalogue: catalogue, fit: try properties(.fit),
            engagement: try plans.filter(\.isEvent).map {
                try EngagementRule(
                    id: $0.id, group: $0.group, category: $0.isMixed ? "mixed" : "", event: $0.id, points: $0.points,
                    cap: $0.cap, repeats: $0.repeats, catalogue: catalogue)
            },
            situation: try properties(.situation), categories: [RuleCategory(id: "mixed", cap: mixedCap)],
            settings: settings,
            qualification: Qualification(
                threshold: .random(in: 5...80, using: &random),
                minimumFit: Bool.random(using: &random) ? .random(in: 0...30, using: &random) : 0,
                minimumEngagement: Bool.random(using: &random) ? .random(in: 0...40, using: &random) : 0))
        facts = plans.filter { $0.isEvent && $0.holds == true }.map {
            BehaviourFact(kind: $0.id, occurredAt: Instant(seconds: 1_760_000_000), record: FieldRecord(catalogue))
        }
    }

    /// How many contributions of the rule there can be at most.
    private func most(_ rule: Rule) -> Int {
        if !rule.isEvent { return rule.holds == nil ? 1 : 0 }
        return rule.repeats == .every ? 4 : rule.holds == true ? 0 : 1
    }

    /// The fewest contributions that do, by trying all sets.
    func fewest(atMost most: Int) -> Int? {
        func isPossible(_ count: Int, _ index: Int, _ extra: [String: Int]) -> Bool {
            if count == 0 { return isMet(extra) }
            guard index < plans.count else { return false }
            return (0...min(count, self.most(plans[index]))).contains { times in
                var next = extra
                next[plans[index].id] = times
                return isPossible(count - times, index + 1, next)
            }
        }
        guard most > 0 else { return nil }
        return (1...most).first { isPossible($0, 0, [:]) }
    }

    private func sums(_ extra: [String: Int]) -> (fit: Double, engagement: Double, situation: Double) {
        func given(_ rule: Rule) -> Double {
            let times = Double((rule.holds == true ? 1 : 0) + (extra[rule.id] ?? 0))
            return min(times * rule.points, rule.cap ?? .infinity)
        }
        func sum(_ group: PointGroup) -> Double {
            let all = plans.filter { $0.group == group }
            return all.filter { !$0.isMixed }.reduce(0) { $0 + given($1) }
                + min(all.filter(\.isMixed).reduce(0) { $0 + given($1) }, mixedCap)
        }
        return (min(sum(.fit), 100), min(sum(.engagement), 100), min(sum(.situation), rules.settings.situationCap))
    }

    func total(_ extra: [String: Int]) -> Double {
        let (fit, engagement, situation) = sums(extra)
        return rules.settings.fitWeight * fit + rules.settings.engagementWeight * engagement + situation
    }

    func isMet(_ extra: [String: Int]) -> Bool {
        let (fit, engagement, _) = sums(extra)
        let asked = rules.qualification
        return total(extra) >= asked.threshold && fit >= asked.minimumFit && engagement >= asked.minimumEngagement
    }
}
