/// What a rule would be worth if points said what its coefficient says.
public struct PointsProposal: Hashable, Sendable {
    public let rule: CalibratedRule
    /// Of the model of the rules alone; nil where the rule never made a difference between leads.
    public let coefficient: Double?
    public let standardError: Double?
    /// Whole points; nil where the rule tells nothing, or the opposite of what its group is for.
    public let points: Double?
    /// What the coefficient comes to, where an agreement allows less: then the points are the most or least it allows.
    public let uncut: Double?
    /// It reads a field that is left out: it was not looked at, and keeps its points.
    public let isPassedOver: Bool

    /// Points in proportion to the coefficients of the rules, on the scale of today: all rules together are worth as
    /// much in the score as before, so that thresholds and grades keep their meaning.
    static func proposals(
        _ rules: [CalibratedRule], _ coefficients: [Calibration.Coefficient], without passedOver: Set<Int> = []
    ) -> [PointsProposal] {
        var found: [Int: Calibration.Coefficient] = [:]
        for coefficient in coefficients {
            if case .rule(let place, _) = coefficient.feature { found[place] = coefficient }
        }
        let today: Double = rules.indices.reduce(0) { sum, place in
            sum + (passedOver.contains(place) ? 0 : abs(rules[place].points) * rules[place].weight)
        }
        let learned = rules.indices.reduce(0) { sum, place in
            sum + (found[place].map { fits($0.value, rules[place]) ? abs($0.value) : 0 } ?? 0)
        }
        return rules.enumerated().map { place, rule in
            if passedOver.contains(place) {
                return PointsProposal(
                    rule: rule, coefficient: nil, standardError: nil, points: rule.points, uncut: nil,
                    isPassedOver: true)
            }
            let coefficient = found[place]
            let worth =
                coefficient.map { learned > 0 && rule.weight > 0 ? $0.value * today / learned / rule.weight : 0 } ?? 0
            let range = range(of: rule)
            let points = min(max(worth, range.lowerBound), range.upperBound).rounded()
            return PointsProposal(
                rule: rule, coefficient: coefficient?.value, standardError: coefficient?.standardError,
                points: points == 0 ? nil : points, uncut: points == 0 || abs(worth) <= 100 ? nil : worth.rounded(),
                isPassedOver: false)
        }
    }

    private static func fits(_ coefficient: Double, _ rule: CalibratedRule) -> Bool {
        let range = range(of: rule)
        return coefficient > 0 ? range.upperBound > 0 : range.lowerBound < 0
    }

    /// What the agreement allows.
    private static func range(of rule: CalibratedRule) -> ClosedRange<Double> {
        switch rule.group {
        case "fit": 0...100
        case "negatives": -100...0
        case "engagement": rule.points < 0 ? -100...0 : 0...100
        default: -100...100
        }
    }
}
