public import Criteria
public import Kernel

/// A lead as it was at one moment, and what became of it later.
public struct CalibrationLead: Sendable {
    /// What was clear within the horizon, and when.
    public struct Outcome: Hashable, Sendable {
        public let succeededAt: Instant?
        /// Rejected or lost.
        public let failedAt: Instant?

        public init(succeededAt: Instant? = nil, failedAt: Instant? = nil) {
            self.succeededAt = succeededAt
            self.failedAt = failedAt
        }
    }

    /// A field was set or changed.
    public struct FieldChange: Hashable, Sendable {
        public let field: String
        public let at: Instant

        public init(field: String, at: Instant) {
            self.field = field
            self.at = at
        }
    }

    public let id: String
    public let seenAt: Instant
    public let outcome: Outcome
    public var isSuccess: Bool { outcome.succeededAt != nil }
    public let record: FieldRecord
    /// After it was seen, in any order.
    public let fieldChanges: [FieldChange]
    /// One for each rule, in the order of ``ScoringRules/calibrated``.
    public let readings: [Double?]
    /// Its score then.
    public let points: Double

    /// - Parameters:
    ///   - behaviour: all that it did up to then, where a rule reads it.
    ///   - accumulators: exact at `seenAt`.
    public init(
        id: String, seenAt: Instant, outcome: Outcome, record: FieldRecord, fieldChanges: [FieldChange] = [],
        behaviour: [BehaviourFact], accumulators: LeadAccumulators, rules: ScoringRules
    ) {
        self.id = id
        self.seenAt = seenAt
        self.outcome = outcome
        self.record = record
        self.fieldChanges = fieldChanges
        var judged = record
        _ = rules.place(&judged, at: seenAt)
        let past = behaviour.filter { $0.occurredAt <= seenAt }
        let pointReadings = rules.calibratedPointRules.map { _, rule in
            rule.when.evaluate(judged, behaviour: past, now: seenAt).reading
        }
        var engagement = [Double](repeating: 0, count: rules.engagement.count)
        for entry in accumulators.entries {
            let rule = rules.engagement[entry.rule]
            engagement[entry.rule] = entry.accumulator.standing(rule, at: seenAt).counted / rule.points
        }
        readings = pointReadings + engagement
        points = rules.score(rules.judge(record, behaviour: past, at: seenAt), accumulators, at: seenAt).total
    }
}

extension Verdict {
    /// 1 where it holds, 0 where it does not, nil where that is not known.
    fileprivate var reading: Double? {
        switch self {
        case .true: 1
        case .false: 0
        case .unknown: nil
        }
    }
}

/// A rule whose points can be calibrated.
public struct CalibratedRule: Hashable, Sendable {
    public let id: String
    /// fit, situation, negatives or engagement
    public let group: String
    public let points: Double
    /// Of the points in the score: the weight of fit, or of engagement, or 1.
    public let weight: Double
    /// What it reads; where that is the tier, what the tiers read too.
    public let fields: [String]
}

extension ScoringRules {
    var calibratedPointRules: [(PointGroup, PointRule)] {
        judgedRules.indices.map { (judgedRules[$0].group, pointRules[$0]) }
    }

    /// Every rule: those of properties, then those of what leads do. What a lead's reading of one means: 1 where its
    /// criteria hold, 0 where not; of what leads do, how many whole engagements it counts after decay and cap.
    public var calibrated: [CalibratedRule] {
        calibratedPointRules.map { group, rule in
            CalibratedRule(
                id: rule.id, group: group.rawValue, points: rule.points, weight: weight(of: group),
                fields: fields(of: rule.when.needs))
        }
            + engagement.map {
                CalibratedRule(
                    id: $0.id, group: $0.group.rawValue, points: $0.points, weight: weight(of: $0.group),
                    fields: fields(of: $0.filter?.needs ?? CriteriaNeeds()))
            }
    }

    private func fields(of needs: CriteriaNeeds) -> [String] {
        var slots = needs.slots
        if let tiers, !slots.isDisjoint(with: tierSlots) { slots.formUnion(tiers.needs.slots) }
        return catalogue.fields.filter { slots.contains($0.slot) }.map(\.name)
    }
}
