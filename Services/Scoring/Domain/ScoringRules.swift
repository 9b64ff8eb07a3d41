public import Criteria
public import Kernel

/// How leads are scored under one version of the agreement: its `scoring` section, and `icp` for the tier.
public final class ScoringRules: Sendable {
    public let version: Int64
    /// ISO 4217: amounts of another currency are unknown to criteria.
    public let currency: String
    public let catalogue: FieldCatalogue
    public let tiers: WeightedTiers?
    public let fit: [PointRule]
    public let engagement: [EngagementRule]
    public let situation: [PointRule]
    public let negatives: [PointRule]
    public let settings: Settings
    public let qualification: Qualification
    /// Parts that must travel with a handoff.
    public let contextParts: [ContextPart]

    /// Kinds of engagement that point rules count: judging a lead takes all that it did of them.
    public let countedKinds: Set<String>
    /// The tier can change with time alone.
    let tierVaries: Bool
    /// Where rules read the tier.
    let tierSlots: [Int]
    /// The point rules of all groups, group by group, each in the order of the agreement.
    let judgedRules: [JudgedRule]
    private let readSlots: [Bool]
    /// What the engagement rules count: accumulators built under one shape serve every version of that shape, since
    /// points, caps and weights are applied when the score is read.
    public let shape: Int64
    private let engagementByKind: [String: [Int]]

    /// score = fitWeight x fit + engagementWeight x engagement + situation + negatives, never below the floor.
    public struct Settings: Sendable {
        public var fitWeight = 0.5
        public var engagementWeight = 0.5
        public var floor = 0.0
        public var fitGrades = GradeSteps()
        public var engagementGrades = GradeSteps()
        public var identity = IdentityRule()

        public init() {}
    }

    public init(
        version: Int64, currency: String = "USD", catalogue: FieldCatalogue, tiers: WeightedTiers? = nil,
        fit: [PointRule] = [],
        engagement: [EngagementRule] = [], situation: [PointRule] = [], negatives: [PointRule] = [],
        settings: Settings = Settings(), qualification: Qualification = Qualification(),
        contextParts: [ContextPart] = []
    ) {
        self.version = version
        self.currency = currency
        self.catalogue = catalogue
        self.tiers = tiers
        self.fit = fit
        self.engagement = engagement
        self.situation = situation
        self.negatives = negatives
        self.settings = settings
        self.qualification = qualification
        self.contextParts = contextParts
        judgedRules =
            fit.map { JudgedRule($0, .fit) } + situation.map { JudgedRule($0, .situation) }
            + negatives.map { JudgedRule($0, .negatives) }
        var needs = tiers?.needs ?? CriteriaNeeds()
        tierVaries = needs.varyWithTime
        for rule in judgedRules { needs.formUnion(rule.when.needs) }
        countedKinds = needs.kinds
        for rule in engagement { rule.filter.map { needs.formUnion($0.needs) } }
        readSlots = catalogue.fields.map { needs.slots.contains($0.slot) }
        tierSlots = ["lead.tier", "account.tier"].compactMap { catalogue[$0]?.slot }.filter(needs.slots.contains)
        shape = Int64(bitPattern: Partition.mix(Partition.fnv1a(engagement.map(\.shape).joined(separator: "\n").utf8)))
        engagementByKind = Dictionary(grouping: engagement.indices) { engagement[$0].event }
    }

    /// Some point rule counts what the lead did.
    public var readsBehaviour: Bool { !countedKinds.isEmpty }

    /// Whether any rule reads a field of the catalogue.
    public func reads(slot: Int) -> Bool { readSlots[slot] }

    func engagementRules(of kind: String) -> [Int] {
        engagementByKind[kind] ?? []
    }

    /// The score of a lead whose accumulators are exact at `asOf`: from ``LeadAccumulators/latest`` on.
    public func score(_ judgement: Judgement, _ accumulators: LeadAccumulators, at asOf: Instant) -> Score {
        let fit = Self.clamped(judgement.fit)
        let engagement = Self.clamped(accumulators.points(self, at: asOf))
        let sum =
            settings.fitWeight * fit + settings.engagementWeight * engagement + judgement.situation
            + judgement.negatives
        return Score(
            total: max(sum, settings.floor), fit: fit, engagement: engagement, situation: judgement.situation,
            negatives: judgement.negatives,
            grade: Grade.name(
                fit: settings.fitGrades.grade(fit), engagement: settings.engagementGrades.grade(engagement)),
            asOf: asOf, version: version, tier: judgement.tier)
    }

    /// Fit and engagement count from 0 to 100.
    static func clamped(_ points: Double) -> Double { min(max(points, 0), 100) }
}
