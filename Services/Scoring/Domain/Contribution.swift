/// What one rule or clamp adds to a score, weighted.
public struct Contribution: Hashable, Sendable {
    /// Whose it is: ``ScoringRules/contributor(_:)`` names it.
    public let place: Int
    public let points: Double

    public init(place: Int, points: Double) {
        self.place = place
        self.points = points
    }
}

/// What contributes to a score. The place of one counts through the rules of properties, those of what leads do, and the
/// clamps.
enum Contributor: Hashable {
    /// By its position in ``ScoringRules/judgedRules``.
    case property(Int)
    /// By its position in ``ScoringRules/engagement``.
    case event(Int)
    case clamp(Clamp)

    enum Clamp: Hashable {
        case category(PointGroup, Int)
        case fit, engagement, situation, negatives, floor

        /// In their order, where so many categories have a cap.
        static func all(categories: Int) -> [Clamp] {
            (0..<categories).map { .category(.fit, $0) } + (0..<categories).map { .category(.engagement, $0) }
                + [.fit, .engagement, .situation, .negatives, .floor]
        }
    }
}

/// What a clamp does to a sum, weighted.
struct ClampCut {
    let place: Int
    let clamp: Contributor.Clamp
    let found: Double
    /// Counted instead.
    let counted: Double

    var points: Double { counted - found }
}

extension ScoringRules {
    /// The name of a contributor: the id of a rule, or `adjustment.` and the clamp; nil where there is none.
    public func contributor(_ place: Int) -> String? {
        switch contributor(at: place) {
        case .property(let index): pointRules[index].id
        case .event(let index): engagement[index].id
        case .clamp(let clamp): name(of: clamp)
        case nil: nil
        }
    }

    /// What a score is made of, in the order of the agreement: what is not zero, or has something behind it.
    ///
    /// - Parameters:
    ///   - holding: the rules that hold, as ``LeadJudge/holding(_:behaviour:at:)`` has them.
    ///   - accumulators: exact at the score's instant.
    func contributions(_ score: Score, holding: [Int], _ accumulators: LeadAccumulators) -> [Contribution] {
        let (rules, cuts) = parts(of: score, holding: holding, accumulators)
        return rules + cuts.map { Contribution(place: $0.place, points: $0.points) }
    }

    /// Rules and clamps apart.
    func parts(
        of score: Score, holding: [Int], _ accumulators: LeadAccumulators
    ) -> (rules: [Contribution], cuts: [ClampCut]) {
        var properties = PointSums(categories)
        var events = PointSums(categories)
        var found: [Contribution] = []
        found.reserveCapacity(holding.count + accumulators.entries.count)
        for group in PointGroup.allCases {
            let weight = weight(of: group)
            for index in holding where judgedRules[index].group == group {
                let points = judgedRules[index].points
                properties.add(points, to: group, category: judgedRules[index].category)
                found.append(Contribution(place: index, points: weight * points))
            }
            for entry in accumulators.entries where engagementShares[entry.rule].group == group {
                let share = engagementShares[entry.rule]
                let standing = entry.accumulator.standing(share.terms, at: score.asOf)
                guard standing.count > 0 else { continue }
                events.add(standing.counted, to: group, category: share.category)
                found.append(
                    Contribution(place: judgedRules.count + entry.rule, points: weight * standing.counted))
            }
        }
        return (found, cuts(score, properties, events))
    }

    func contributor(at place: Int) -> Contributor? {
        if place < 0 { return nil }
        if place < judgedRules.count { return .property(place) }
        let event = place - judgedRules.count
        if event < engagement.count { return .event(event) }
        let clamp = event - engagement.count
        return clamp < clamps.count ? .clamp(clamps[clamp]) : nil
    }

    func weight(of group: PointGroup) -> Double {
        switch group {
        case .fit: settings.fitWeight
        case .engagement: settings.engagementWeight
        case .situation, .negatives: 1
        }
    }

    private func name(of clamp: Contributor.Clamp) -> String {
        switch clamp {
        case .category(let group, let index): "adjustment.\(group.rawValue).\(categories[index].id)_cap"
        case .fit: "adjustment.fit_cap"
        case .engagement: "adjustment.engagement_cap"
        case .situation: "adjustment.situation_cap"
        case .negatives: "adjustment.negatives_floor"
        case .floor: "adjustment.floor"
        }
    }

    /// What the clamps cut; differences below 1e-9 are those of the order of a sum.
    private func cuts(_ score: Score, _ properties: PointSums, _ events: PointSums) -> [ClampCut] {
        let (fitWeight, engagementWeight) = (settings.fitWeight, settings.engagementWeight)
        let first = judgedRules.count + engagement.count
        return clamps.enumerated().compactMap { index, clamp in
            let (found, counted): (Double, Double) =
                switch clamp {
                case .category(let group, let place):
                    capped(
                        (group == .fit ? properties : events).points(ofCategory: place),
                        categories[place].cap, weight: weight(of: group))
                case .fit:
                    (fitWeight * (properties.fit + properties.categorised(categoryCaps)), fitWeight * score.fit)
                case .engagement:
                    (
                        engagementWeight * (events.engagement + events.categorised(categoryCaps)),
                        engagementWeight * score.engagement
                    )
                case .situation: (properties.situation + events.situation, score.situation)
                case .negatives: (properties.negatives + events.negatives, score.negatives)
                case .floor:
                    (
                        fitWeight * score.fit + engagementWeight * score.engagement + score.situation
                            + score.negatives, score.total
                    )
                }
            guard abs(counted - found) > 1e-9 else { return nil }
            return ClampCut(place: first + index, clamp: clamp, found: found, counted: counted)
        }
    }

    private func capped(_ sum: Double, _ cap: Double, weight: Double) -> (found: Double, counted: Double) {
        (weight * sum, weight * min(sum, cap))
    }
}
