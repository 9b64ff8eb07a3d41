import Contracts

extension WireScoringSection {
    /// The most that leads can have, as far as the rules say.
    var reachable: (total: Double, fit: Double, engagement: Double) {
        let fit = min(100, fitSum)
        let engagement = min(
            100,
            most(of: self.engagement.map { ($0.category, Self.most($0.points, $0.hasCap ? $0.cap : nil, $0.repeat)) }))
        let situation = self.situation.map { rule in
            rule.event.isEmpty ? rule.points : Self.most(rule.points, rule.hasCap ? rule.cap : nil, rule.repeat)
        }
        let timing = min(situation.reduce(0) { $0 + max($1, 0) }, hasSituationCap ? situationCap : .infinity)
        let weights = (hasFitWeight ? fitWeight : 0.5, hasEngagementWeight ? engagementWeight : 0.5)
        return (weights.0 * fit + weights.1 * engagement + timing, fit, engagement)
    }

    /// What the rules of fit add up to, before fit is cut to 100.
    var fitSum: Double { most(of: fit.map { ($0.category, $0.points) }) }

    /// Of what a lead does again and again.
    private static func most(_ points: Double, _ cap: Double?, _ repeats: String) -> Double {
        points <= 0 ? 0 : cap ?? (repeats == "once" ? points : .infinity)
    }

    private func most(of rules: [(category: String, points: Double)]) -> Double {
        let caps = Dictionary(categories.map { ($0.id, $0.hasCap ? $0.cap : .infinity) }) { first, _ in first }
        return Dictionary(grouping: rules, by: \.category).sorted { $0.key < $1.key }.reduce(0) { sum, part in
            sum + min(part.value.reduce(0) { $0 + max($1.points, 0) }, caps[part.key] ?? .infinity)
        }
    }
}
