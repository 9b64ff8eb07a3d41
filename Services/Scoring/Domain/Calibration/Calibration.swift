public import Criteria
import Kernel
import Statistics

/// What leads' rules and fields say of what became of them: a regularised logistic regression, checked on leads that
/// it has not seen.
public struct Calibration: Sendable {
    public struct Coefficient: Hashable, Sendable {
        public let feature: CalibrationFeature
        /// The change of the log odds by one unit of the feature.
        public let value: Double
        public let standardError: Double
        /// By one standard deviation.
        public let standardised: Double
        /// Leads of the training set in which the feature is not zero.
        public let leads: Int
    }

    public struct Quality: Hashable, Sendable {
        public let leads: Int
        public let successes: Int
        public let auc: Double
        public let logLoss: Double
        public let brier: Double
        /// Leads in ten groups of rising probability.
        public let reliability: [Reliability]
    }

    /// Leads of about the same probability, and what came of them.
    public struct Reliability: Hashable, Sendable {
        public let leads: Int
        public let successes: Int
        public let meanProbability: Double
        public let rate: Double
        /// Wilson's interval of the rate, 95 %.
        public let low: Double
        public let high: Double
    }

    public struct Verdict: Hashable, Sendable {
        public let lead: String
        public let points: Double
        public let probability: Double
    }

    public let training: Quality
    public let heldOut: Quality
    /// How well the points in force rank the held-out leads.
    public let pointsAUC: Double
    public let intercept: Double
    /// The most telling first: by the size of the standardised ones.
    public let coefficients: [Coefficient]
    public let leaks: [CalibrationLeak]
    public let warnings: [String]
    /// One for each rule, in the order of ``ScoringRules/calibrated``.
    public let proposals: [PointsProposal]
    /// Of the leads held out, in the order of ids.
    public let verdicts: [Verdict]
    public let iterations: Int

    /// - Parameters:
    ///   - leads: in any order; the result does not depend on it.
    ///   - catalogue: what the records are of.
    /// - Throws: ``CalibrationRefusal`` where there are too few leads, successes or failures.
    public init(
        _ leads: [CalibrationLead], rules: [CalibratedRule], catalogue: FieldCatalogue,
        _ settings: CalibrationSettings = CalibrationSettings()
    ) throws(CalibrationRefusal) {
        try Self.require(leads, settings)
        let parts = CalibrationSplit(leads, settings)
        try Self.require(parts)
        let candidates = Self.fields(catalogue, excluded: settings.excluded)
        let leaks = Self.leaks(LeakSearch(parts.training, settings), candidates, rules, catalogue, settings)
        let leaking = Set(leaks.map(\.field))
        let barred = leaking.union(settings.excluded)
        let passedOver = Set(rules.indices.filter { !barred.isDisjoint(with: rules[$0].fields) })
        let space = FeatureSpace(
            parts.training, rules: rules, without: passedOver,
            fields: candidates.filter { $0.type != .date && !leaking.contains($0.name) })
        let model = Model(space, parts.training, penalty: settings.penalty)

        let probabilities = model.probabilities(parts.heldOut)
        training = Quality(parts.training, model.probabilities(parts.training))
        heldOut = Quality(parts.heldOut, probabilities)
        pointsAUC = Prediction.auc(parts.heldOut.map(\.points), parts.heldOut.map(\.isSuccess)) ?? 0.5
        intercept = model.intercept
        coefficients = model.coefficients.sorted {
            let (left, right) = (abs($0.standardised), abs($1.standardised))
            return left == right ? $0.feature.text < $1.feature.text : left > right
        }
        self.leaks = leaks
        iterations = model.regression.iterations
        let rulesOnly = Model(
            FeatureSpace(parts.training, rules: rules, without: passedOver, fields: []), parts.training,
            penalty: settings.penalty)
        proposals = PointsProposal.proposals(rules, rulesOnly.coefficients, without: passedOver)
        verdicts = zip(parts.heldOut, probabilities)
            .map { Verdict(lead: $0.id, points: $0.points, probability: $1) }.sorted { $0.lead < $1.lead }
        warnings =
            Self.warnings(parts, space, model, leaks)
            + passedOver.sorted().map { Self.warning(rules[$0], barred) }
    }

    private static func require(
        _ leads: [CalibrationLead], _ settings: CalibrationSettings
    ) throws(CalibrationRefusal) {
        let successes = leads.count(where: \.isSuccess)
        for (count, name, minimum) in [
            (leads.count, "leads whose outcome is known", settings.minimumLeads),
            (successes, "leads with the outcome", settings.minimumOutcomes),
            (leads.count - successes, "leads without the outcome", settings.minimumOutcomes),
        ] where count < minimum {
            throw CalibrationRefusal(text: "there are \(count) \(name): \(minimum) are needed")
        }
    }

    private static func require(_ parts: CalibrationSplit) throws(CalibrationRefusal) {
        for (leads, name) in [(parts.training, "learned from"), (parts.heldOut, "held out")] {
            let successes = leads.count(where: \.isSuccess)
            if successes == 0 || successes == leads.count {
                throw CalibrationRefusal(text: "all leads \(name) have the same outcome: choose another split")
            }
        }
    }

    private static func warning(_ rule: CalibratedRule, _ barred: Set<String>) -> String {
        let fields = rule.fields.filter { barred.contains($0) }.joined(separator: ", ")
        return "rule \(rule.id) reads \(fields), which is left out: so is the rule, and its points stay"
    }

    /// Those that many leads can share; names and addresses are of one alone, and what is derived says nothing new.
    /// Dates are only looked at for leaks.
    static func fields(_ catalogue: FieldCatalogue, excluded: Set<String>) -> [FieldCatalogue.Field] {
        catalogue.fields.filter { field in
            !own.contains(field.name) && !field.name.hasPrefix("engagement.") && !excluded.contains(field.name)
        }
    }

    /// Of the candidates, and of what rules read besides them.
    private static func leaks(
        _ search: LeakSearch, _ candidates: [FieldCatalogue.Field], _ rules: [CalibratedRule],
        _ catalogue: FieldCatalogue, _ settings: CalibrationSettings
    ) -> [CalibrationLeak] {
        let names = Set(candidates.map(\.name))
        let read = Set(rules.flatMap(\.fields)).subtracting(names).subtracting(settings.excluded)
        return catalogue.fields.filter { !settings.kept.contains($0.name) }.compactMap { field in
            names.contains(field.name) ? search.leak(field) : read.contains(field.name) ? search.lateField(field) : nil
        }
    }

    private static let own: Set<String> = [
        "company.name", "company.domain", "person.name", "person.email", "person.phone", "account.id", "account.tier",
        "lead.score", "lead.grade", "lead.tier",
    ]

    private static func warnings(
        _ parts: CalibrationSplit, _ space: FeatureSpace, _ model: Model, _ leaks: [CalibrationLeak]
    ) -> [String] {
        var warnings = leaks.map { "\($0.description): left out" }
        let successes = parts.heldOut.count(where: \.isSuccess)
        let fewest = min(successes, parts.heldOut.count - successes)
        if fewest < 30 { warnings.append("only \(fewest) held-out leads have the rarer outcome: the quality is rough") }
        if space.isCut {
            warnings.append(
                "only the \(CalibrationSettings.featuresAtMost) most frequent features were taken")
        }
        if !model.regression.hasConverged { warnings.append("the regression did not settle: raise the penalty") }
        return warnings
    }
}

extension Calibration.Quality {
    init(_ leads: [CalibrationLead], _ probabilities: [Double]) {
        let outcomes = leads.map(\.isSuccess)
        self.init(
            leads: leads.count, successes: outcomes.count(where: \.self),
            auc: Prediction.auc(probabilities, outcomes) ?? 0.5, logLoss: Prediction.logLoss(probabilities, outcomes),
            brier: Prediction.brier(probabilities, outcomes),
            reliability: Prediction.reliability(probabilities, outcomes).map { group in
                Calibration.Reliability(
                    leads: group.count, successes: group.successes, meanProbability: group.meanProbability,
                    rate: group.rate, low: group.interval.low, high: group.interval.high)
            })
    }
}

/// Leads to learn from, and leads to check with.
struct CalibrationSplit {
    private(set) var training: [CalibrationLead] = []
    private(set) var heldOut: [CalibrationLead] = []

    init(_ leads: [CalibrationLead], _ settings: CalibrationSettings) {
        switch settings.split {
        case .time:
            let order = leads.sorted { ($0.seenAt, $0.id) < ($1.seenAt, $1.id) }
            let kept = order.count - Self.share(settings.heldOut, of: order.count)
            training = Array(order.prefix(kept))
            heldOut = Array(order.dropFirst(kept))
        case .random:
            var random = SeededRandom(seed: settings.seed)
            for isSuccess in [true, false] {
                var part = leads.filter { $0.isSuccess == isSuccess }.sorted { $0.id < $1.id }
                for last in stride(from: part.count - 1, to: 0, by: -1) {
                    part.swapAt(last, Int(random.next() % UInt64(last + 1)))
                }
                let drawn = Self.share(settings.heldOut, of: part.count)
                heldOut += part.prefix(drawn)
                training += part.dropFirst(drawn)
            }
        }
        training.sort { $0.id < $1.id }
        heldOut.sort { $0.id < $1.id }
    }

    private static func share(_ share: Double, of count: Int) -> Int {
        Int((share * Double(count)).rounded())
    }
}

/// A regression over the columns of a feature space.
private struct Model {
    let space: FeatureSpace
    let regression: LogisticRegression

    init(_ space: FeatureSpace, _ leads: [CalibrationLead], penalty: Double) {
        self.space = space
        regression = LogisticRegression(
            space.rows(leads), outcomes: leads.map(\.isSuccess), penalty: penalty)
    }

    func probabilities(_ leads: [CalibrationLead]) -> [Double] {
        leads.map { regression.probability(space.row($0)) }
    }

    /// In units of the features, not of their deviations.
    var coefficients: [Calibration.Coefficient] {
        space.columns.enumerated().map { place, column in
            Calibration.Coefficient(
                feature: column.feature, value: regression.coefficients[place] / column.scale,
                standardError: place < regression.standardErrors.count
                    ? regression.standardErrors[place] / column.scale : 0,
                standardised: regression.coefficients[place], leads: column.support)
        }
    }

    /// Of a lead with every feature at nothing, numbers too.
    var intercept: Double {
        zip(space.columns, regression.coefficients).reduce(regression.intercept) { sum, part in
            sum - part.1 * part.0.centre / part.0.scale
        }
    }
}
