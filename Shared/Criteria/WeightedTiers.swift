public import Kernel

/// The ideal customer profile, compiled: weighted criteria and the tiers they lead to.
///
/// score = 100 x weight of the satisfied criteria / weight of all; 0 where there are none. The tier is the first,
/// best first, whose `requires` is true and whose `at_least` the score reaches. What is unknown does not satisfy.
public struct WeightedTiers: Sendable {
    public struct Tier: Hashable, Sendable {
        public var name: String
        /// 0 to 100
        public var atLeast: Double
        public var requires: Criteria?

        public init(name: String, atLeast: Double, requires: Criteria? = nil) {
            self.name = name
            self.atLeast = atLeast
            self.requires = requires
        }
    }

    public struct Criterion: Hashable, Sendable {
        public var id: String
        public var weight: Double
        public var when: Criteria

        public init(id: String, weight: Double, when: Criteria) {
            self.id = id
            self.weight = weight
            self.when = when
        }
    }

    /// What an account or a lead's company comes to.
    public struct Match: Hashable, Sendable {
        /// Nil where no tier fits.
        public var tier: String?
        /// 0 to 100
        public var score: Double
        /// Ids of criteria, in the order of the agreement.
        public var satisfied: [String] = []
        public var failed: [String] = []
        public var unknown: [String] = []
        /// Of every leaf; paths begin with the criterion's id, such as `industry.any[0]`, or `tier A requires`.
        public var reasons: [LeafReason] = []
    }

    private let tiers: [(tier: Tier, requires: CompiledCriteria?)]
    private let criteria: [(criterion: Criterion, when: CompiledCriteria)]
    /// Of the criteria, in their order.
    private let set: CriteriaSet
    private let weights: [Double]
    private let weight: Double
    public let needs: CriteriaNeeds

    /// - Parameter path: where the section stands in its document.
    /// - Throws: ``CriteriaFaults`` with the faults of all its trees.
    public init(
        tiers: [Tier], criteria: [Criterion], catalogue: FieldCatalogue, path: String = "icp"
    ) throws(CriteriaFaults) {
        var faults: [CriteriaFault] = []
        func compile(_ tree: Criteria, _ place: String) -> CompiledCriteria? {
            do throws(CriteriaFaults) {
                return try CompiledCriteria(tree, catalogue: catalogue, path: "\(path).\(place)", scope: .company)
            } catch {
                faults += error.faults
                return nil
            }
        }
        self.tiers = tiers.enumerated().map { index, tier in
            (tier, tier.requires.flatMap { compile($0, "tiers[\(index)].requires") })
        }
        self.criteria = criteria.enumerated().compactMap { index, criterion in
            compile(criterion.when, "criteria[\(index)].when").map { (criterion, $0) }
        }
        set = CriteriaSet(self.criteria.map(\.when))
        weights = self.criteria.map(\.criterion.weight)
        weight = criteria.reduce(0) { $0 + $1.weight }
        needs = self.tiers.compactMap(\.requires).reduce(into: set.needs) { $0.formUnion($1.needs) }
        guard faults.isEmpty else { throw CriteriaFaults(faults: faults) }
    }

    /// Whether another one places every record of the same catalogue as this one does.
    public func places(as other: WeightedTiers) -> Bool {
        tiers.map(\.tier) == other.tiers.map(\.tier) && criteria.map(\.criterion) == other.criteria.map(\.criterion)
    }

    /// Conditions in all: the reasons that ``match(_:now:)`` gives.
    public var conditions: Int {
        criteria.reduce(0) { $0 + $1.when.conditions } + tiers.reduce(0) { $0 + ($1.requires?.conditions ?? 0) }
    }

    /// All of its criteria.
    var compiled: [CompiledCriteria] { tiers.compactMap(\.requires) + criteria.map(\.when) }

    /// The tier and the score alone.
    public func place(_ record: FieldRecord, now: Instant) -> (tier: String?, score: Double) {
        var satisfied = 0.0
        for (index, verdict) in set.verdicts(record, now: now).enumerated() where verdict == .true {
            satisfied += weights[index]
        }
        let score = score(of: satisfied)
        return (tier(for: score, record, now), score)
    }

    /// The same with every criterion's verdict.
    public func verdicts(_ record: FieldRecord, now: Instant) -> Match {
        var match = Match(tier: nil, score: 0)
        var satisfied = 0.0
        for (index, verdict) in set.verdicts(record, now: now).enumerated() {
            satisfied += match.add(verdict, criteria[index].criterion)
        }
        match.score = score(of: satisfied)
        match.tier = tier(for: match.score, record, now)
        return match
    }

    /// The same with the reason of every leaf, those of the tiers' `requires` behind those of the criteria.
    public func match(_ record: FieldRecord, now: Instant) -> Match {
        var reasons: [LeafReason] = []
        func explain(_ when: CompiledCriteria, _ place: String) -> Verdict {
            let explained = when.explain(record, now: now)
            reasons += explained.reasons.map { Self.placed($0, at: place) }
            return explained.verdict
        }
        var match = Match(tier: nil, score: 0)
        var satisfied = 0.0
        for (criterion, when) in criteria {
            satisfied += match.add(explain(when, criterion.id), criterion)
        }
        match.score = score(of: satisfied)
        match.tier = tier(for: match.score, record, now)
        for (tier, requires) in tiers {
            if let requires { _ = explain(requires, "tier \(tier.name) requires") }
        }
        match.reasons = reasons
        return match
    }

    private func score(of satisfied: Double) -> Double {
        weight > 0 ? 100 * satisfied / weight : 0
    }

    private func tier(for score: Double, _ record: FieldRecord, _ now: Instant) -> String? {
        tiers.first { tier, requires in
            score >= tier.atLeast && (requires?.evaluate(record, now: now) ?? .true) == .true
        }?.tier.name
    }

    private static func placed(_ reason: LeafReason, at place: String) -> LeafReason {
        var reason = reason
        reason.path = reason.path.isEmpty ? place : "\(place).\(reason.path)"
        return reason
    }
}

extension WeightedTiers.Match {
    /// - Returns: the weight that the criterion adds to what is satisfied.
    fileprivate mutating func add(_ verdict: Verdict, _ criterion: WeightedTiers.Criterion) -> Double {
        switch verdict {
        case .true:
            satisfied.append(criterion.id)
            return criterion.weight
        case .false: failed.append(criterion.id)
        case .unknown: unknown.append(criterion.id)
        }
        return 0
    }
}
