public import Criteria
public import Kernel

/// How leads are scored under one version of the agreement: its `scoring` section, and `icp` for the tier.
public final class ScoringRules: Sendable {
    public let version: Int64
    public let effectiveAt: Instant
    /// ISO 4217: amounts of another currency are unknown to criteria.
    public let currency: String
    public let catalogue: FieldCatalogue
    public let tiers: WeightedTiers?
    public let fit: [PointRule]
    /// What leads do: the rules of engagement, then those of situation, then those of negatives.
    public let engagement: [EngagementRule]
    public let situation: [PointRule]
    public let negatives: [PointRule]
    public let settings: Settings
    /// Those with a cap.
    public let categories: [RuleCategory]
    /// The kinds of engagement that the agreement declares; none where it leaves them open.
    public let kinds: Set<String>
    public let qualification: Qualification
    /// Parts that must travel with a handoff.
    public let contextParts: [ContextPart]
    /// Tools that tell of engagement by signed webhook.
    public let webhooks: [WebhookMapping]

    /// Kinds of engagement that point rules count: judging a lead takes all that it did of them.
    public let countedKinds: Set<String>
    /// How far back they do, in microseconds; nil where there is no bound.
    private let reach: Int64?
    /// The tier can change with time alone.
    let tierVaries: Bool
    /// Where rules read the tier.
    let tierSlots: [Int]
    /// The point rules of all groups, group by group, each in the order of the agreement.
    let judgedRules: [JudgedRule]
    /// Their criteria.
    let judgedCriteria: CriteriaSet
    /// The same with their names.
    let pointRules: [PointRule]
    /// By the position of the rule in ``engagement``: where its points go.
    let engagementShares: [EngagementShare]
    /// The caps of ``categories``.
    let categoryCaps: [Double]
    let clamps: [Contributor.Clamp]
    /// By the position of the rule in ``engagement``.
    private let engagementFilters: [CompiledCriteria?]
    /// Kinds of engagement of which some rule looks at more than kind and time.
    public let examinedKinds: Set<String>
    /// Verdicts or the tier can change with time alone.
    let variesWithTime: Bool
    private let readSlots: [Bool]
    /// What the engagement rules count: accumulators built under one shape serve every version of that shape, since
    /// points, caps and weights are applied when the score is read.
    public let shape: Int64
    /// Of every kind that some rule or the qualification names.
    let kindTerms: [String: KindTerms]
    /// Those of ``judgedRules`` whose verdict can change with time alone: all where the tier can.
    let varyingRules: [Int]

    /// score = fitWeight x fit + engagementWeight x engagement + situation + negatives, never below the floor.
    public struct Settings: Sendable {
        public var fitWeight = 0.5
        public var engagementWeight = 0.5
        public var floor = 0.0
        /// The most that situation gives.
        public var situationCap = Double.infinity
        /// The lowest that negatives come to.
        public var negativesFloor = -Double.infinity
        /// Engagement that arrives later than this after it happened does not count.
        public var lateAfter: TimeSpan?
        public var fitGrades = GradeSteps()
        public var engagementGrades = GradeSteps()
        public var identity = IdentityRule()

        public init() {}
    }

    public init(
        version: Int64, effectiveAt: Instant = .distantPast, currency: String = "USD", catalogue: FieldCatalogue,
        tiers: WeightedTiers? = nil,
        fit: [PointRule] = [],
        engagement: [EngagementRule] = [], situation: [PointRule] = [], negatives: [PointRule] = [],
        categories: [RuleCategory] = [], kinds: Set<String> = [],
        settings: Settings = Settings(), qualification: Qualification = Qualification(),
        contextParts: [ContextPart] = [], webhooks: [WebhookMapping] = []
    ) {
        self.version = version
        self.effectiveAt = effectiveAt
        self.currency = currency
        self.catalogue = catalogue
        self.tiers = tiers
        self.fit = fit
        let engagement = [PointGroup.engagement, .situation, .negatives].flatMap { group in
            engagement.filter { $0.group == group }
        }
        self.engagement = engagement
        self.situation = situation
        self.negatives = negatives
        self.settings = settings
        self.categories = categories
        self.kinds = kinds
        self.qualification = qualification
        self.contextParts = contextParts
        self.webhooks = webhooks
        let places = Dictionary(categories.enumerated().map { ($1.id, $0) }) { first, _ in first }
        judgedRules =
            fit.map { JudgedRule($0, .fit, category: places[$0.category]) }
            + situation.map { JudgedRule($0, .situation, category: nil) }
            + negatives.map { JudgedRule($0, .negatives, category: nil) }
        judgedCriteria = CriteriaSet(judgedRules.map(\.when))
        pointRules = fit + situation + negatives
        engagementShares = engagement.map {
            EngagementShare(
                terms: $0.terms, group: $0.group, category: $0.group == .engagement ? places[$0.category] : nil,
                rises: $0.points < 0)
        }
        categoryCaps = categories.map(\.cap)
        clamps = Contributor.Clamp.all(categories: categories.count)
        engagementFilters = engagement.map(\.filter)
        var needs = tiers?.needs ?? CriteriaNeeds()
        let tierVaries = needs.varyWithTime
        self.tierVaries = tierVaries
        varyingRules = judgedRules.indices.filter { [judgedRules] in tierVaries || judgedRules[$0].varies }
        for rule in judgedRules { needs.formUnion(rule.when.needs) }
        countedKinds = needs.kinds
        reach = needs.reach
        variesWithTime = needs.varyWithTime
        for rule in engagement { rule.filter.map { needs.formUnion($0.needs) } }
        examinedKinds = countedKinds.union(engagement.filter { $0.filter != nil }.map(\.event))
        readSlots = catalogue.fields.map { needs.slots.contains($0.slot) }
        tierSlots = ["lead.tier", "account.tier"].compactMap { catalogue[$0]?.slot }.filter(needs.slots.contains)
        let bound = settings.lateAfter.map { ["late after \($0.text)"] } ?? []
        shape = Int64(
            bitPattern: Partition.mix(
                Partition.fnv1a((engagement.map(\.shape) + bound).joined(separator: "\n").utf8)))
        kindTerms = KindTerms.all(engagement, counted: countedKinds, handRaisers: qualification.handRaisers)
    }

    /// Some point rule counts what the lead did.
    public var readsBehaviour: Bool { !countedKinds.isEmpty }

    /// Whether some point rule counts what a lead did, the last of it at one moment, when the lead is judged at another or
    /// later.
    public func countsBehaviour(upTo latest: Instant, from moment: Instant) -> Bool {
        guard readsBehaviour, let first = firstCounted(at: moment) else { return readsBehaviour }
        return latest >= first
    }

    /// What a lead did before that no point rule counts any more at a moment; nil where all of it may count.
    func firstCounted(at moment: Instant) -> Instant? {
        guard let reach else { return nil }
        let (edge, overflows) = moment.microseconds.subtractingReportingOverflow(reach)
        return overflows ? nil : Instant(microseconds: edge)
    }

    /// Whether each point rule, and the tier, holds for a lead by other rules where it does by these: they may differ in
    /// points, caps and in what is counted of engagement.
    public func asksSame(as other: ScoringRules) -> Bool {
        let tiersAgree =
            switch (tiers, other.tiers) {
            case (let own?, let others?): own.places(as: others)
            case (nil, nil): true
            default: false
            }
        return tiersAgree && currency == other.currency && catalogue.fields == other.catalogue.fields
            && judgedRules.map(\.when) == other.judgedRules.map(\.when)
    }

    /// Whether any rule reads a field of the catalogue.
    public func reads(slot: Int) -> Bool { readSlots[slot] }

    /// Whether engagement counts for the score that arrived at some time; nil where that is not held against it.
    public func counts(_ occurredAt: Instant, arrivedAt: Instant?) -> Bool {
        guard let bound = settings.lateAfter, let arrivedAt else { return true }
        return arrivedAt.age(of: occurredAt) <= bound
    }

    /// Whether the agreement knows a kind of engagement: those of rules are declared, where any are.
    public func declares(_ kind: String) -> Bool { kinds.isEmpty || kinds.contains(kind) }

    /// Whether an engagement of a rule's kind counts by it, by the rule's position in ``engagement``; an unknown verdict
    /// does not.
    func admits(_ fact: BehaviourFact, by rule: Int) -> Bool {
        guard let filter = engagementFilters[rule] else { return true }
        return filter.evaluate(fact.record, now: fact.occurredAt) == .true
    }

    /// The score of a lead whose accumulators are exact at `asOf`: from ``LeadAccumulators/latest`` on.
    public func score(_ judgement: Judgement, _ accumulators: LeadAccumulators, at asOf: Instant) -> Score {
        score(judgement, accumulators.points(self, at: asOf), at: asOf)
    }

    func score(_ judgement: Judgement, _ events: EventPoints, at asOf: Instant) -> Score {
        let points = points(judgement, events)
        return Score(
            total: points.total, fit: points.fit, engagement: points.engagement, situation: points.situation,
            negatives: points.negatives,
            grade: Grade.name(
                fit: settings.fitGrades.grade(points.fit),
                engagement: settings.engagementGrades.grade(points.engagement)),
            asOf: asOf, version: version, tier: judgement.tier)
    }

    /// The numbers of a score alone.
    func points(_ judgement: Judgement, _ events: EventPoints) -> ScorePoints {
        let fit = Self.clamped(judgement.fit)
        let engagement = Self.clamped(events.engagement)
        let situation = min(judgement.situation + events.situation, settings.situationCap)
        let negatives = max(judgement.negatives + events.negatives, settings.negativesFloor)
        let sum = settings.fitWeight * fit + settings.engagementWeight * engagement + situation + negatives
        return ScorePoints(
            total: max(sum, settings.floor), fit: fit, engagement: engagement, situation: situation,
            negatives: negatives)
    }

    /// Fit and engagement count from 0 to 100.
    static func clamped(_ points: Double) -> Double { min(max(points, 0), 100) }
}

/// What engagement of one kind does.
struct KindTerms: Sendable {
    /// The rules that may count it, by their position in ``ScoringRules/engagement``.
    var rules: [Int] = []
    /// Some point rule counts it.
    var isCounted = false
    /// It qualifies a lead at once.
    var raisesHand = false

    static func all(
        _ engagement: [EngagementRule], counted: Set<String>, handRaisers: Set<String>
    ) -> [String: KindTerms] {
        var kinds: [String: KindTerms] = [:]
        for (index, rule) in engagement.enumerated() { kinds[rule.event, default: KindTerms()].rules.append(index) }
        for kind in counted { kinds[kind, default: KindTerms()].isCounted = true }
        for kind in handRaisers { kinds[kind, default: KindTerms()].raisesHand = true }
        return kinds
    }
}
