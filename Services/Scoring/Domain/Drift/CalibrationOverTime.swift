public import Kernel
import Statistics

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the points foretold, by the law that the reference obeys, and what came.
public struct CalibrationOverTime: Hashable, Sendable {
    public struct Interval: Hashable, Sendable {
        public let period: Range<Instant>
        public let leads: Int
        public let successes: Int
        /// The mean probability.
        public let foretold: Double
        /// Wilson's interval of the rate, 95 %.
        public let low: Double
        public let high: Double
        public let brier: Double
        public let logLoss: Double
        /// Of the points; nil where all leads have the same outcome.
        public let auc: Double?

        public var rate: Double { Double(successes) / Double(leads) }
        /// What was foretold lies outside of the rate's interval.
        public var isOff: Bool { foretold < low || foretold > high }
    }

    /// Months or weeks by UTC.
    public enum Step: String, Sendable, CaseIterable {
        case month
        /// From Monday.
        case week

        /// The one that a moment is in.
        func period(of moment: Instant) -> Range<Instant> {
            let day = CivilDate(daysSince1970: moment.day)
            switch self {
            case .week:
                let monday = day.adding(days: Int64(1 - day.weekday))
                return Instant(monday)..<Instant(monday.adding(days: 7))
            case .month:
                let first = day.adding(days: 1 - day.day)
                let later = first.adding(days: 31)
                return Instant(first)..<Instant(later.adding(days: 1 - later.day))
            }
        }
    }

    public let intercept: Double
    /// The change of the log odds by one point.
    public let perPoint: Double
    public let reference: Interval
    public let current: Interval
    /// Of the current leads succeeding as often as they did, were the law still true.
    public let currentPValue: Double
    public let intervals: [Interval]

    /// Successes, and failures, that the law needs: ten for each of its two numbers (P. Peduzzi and others, "A
    /// Simulation Study of the Number of Events per Variable in Logistic Regression Analysis", J. Clin. Epidemiol. 49,
    /// 1996).
    static let outcomesAtLeast = 20

    /// - Throws: ``CalibrationRefusal`` where there are too few leads.
    init(_ sample: DriftSample, by step: Step) throws(CalibrationRefusal) {
        let learned = sample.knownReference
        let checked = sample.knownCurrent
        let successes = learned.count(where: \.isSuccess)
        for (count, name) in [(successes, "with the outcome"), (learned.count - successes, "without the outcome")]
        where count < Self.outcomesAtLeast {
            throw CalibrationRefusal(
                text: "the reference has \(count) leads \(name): \(Self.outcomesAtLeast) are needed")
        }
        guard !checked.isEmpty else {
            throw CalibrationRefusal(text: "the current period has no lead whose outcome is known")
        }
        let law = PointsLaw(learned)
        intercept = law.intercept
        perPoint = law.perPoint
        reference = law.interval(sample.knownPeriods.reference, learned)
        current = law.interval(sample.knownPeriods.current, checked)
        currentPValue = law.pValue(checked)
        intervals = Dictionary(grouping: sample.known) { step.period(of: $0.seenAt) }
            .sorted { $0.key.lowerBound < $1.key.lowerBound }
            .map { law.interval($0.key.clamped(to: sample.knownPeriods.whole), $0.value) }
    }
}

/// The probability of success by points: a logistic regression of one column.
private struct PointsLaw {
    private let regression: LogisticRegression
    private let centre: Double
    private let scale: Double
    /// Of its two numbers: of the intercept, of both, of the coefficient.
    private let covariance: (Double, Double, Double)

    /// Far too little to be seen; it only keeps the coefficient finite where points tell the outcome without fault.
    private static let penalty = 1e-4

    init(_ leads: [CalibrationLead]) {
        let points = leads.map(\.points)
        let mean = Summary.mean(points) ?? 0
        let squares = points.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(max(points.count, 1))).squareRoot()
        centre = mean
        scale = deviation > 1e-12 * max(1, abs(mean)) ? deviation : .infinity
        let columns = points.map { [scale, mean] in ($0 - mean) / scale }
        let regression = LogisticRegression(
            SparseRows(columns: 1, rows: columns.map { [(0, $0)] }), outcomes: leads.map(\.isSuccess),
            penalty: Self.penalty)
        self.regression = regression
        let sums = Self.information(columns) { regression.probability([(0, $0)]) }
        let slope = sums.2 + Self.penalty
        let determinant = sums.0 * slope - sums.1 * sums.1
        covariance = (slope / determinant, -sums.1 / determinant, sums.0 / determinant)
    }

    var perPoint: Double { regression.coefficients[0] / scale }
    var intercept: Double { regression.intercept - perPoint * centre }

    func interval(_ period: Range<Instant>, _ leads: [CalibrationLead]) -> CalibrationOverTime.Interval {
        let probabilities = leads.map(probability)
        let outcomes = leads.map(\.isSuccess)
        let successes = outcomes.count(where: \.self)
        let wilson = WilsonInterval(successes: successes, trials: leads.count)
        return CalibrationOverTime.Interval(
            period: period, leads: leads.count, successes: successes, foretold: Summary.mean(probabilities) ?? 0,
            low: wilson.low, high: wilson.high, brier: Prediction.brier(probabilities, outcomes),
            logLoss: Prediction.logLoss(probabilities, outcomes), auc: Prediction.auc(leads.map(\.points), outcomes))
    }

    /// Of as many successes, two-sided: the normal approximation with a correction for continuity; the variance is that
    /// of the outcomes and, by the delta method, of what was learned.
    func pValue(_ leads: [CalibrationLead]) -> Double {
        let expected = leads.reduce(0) { $0 + probability($1) }
        let sums = Self.information(leads.map(column)) { regression.probability([(0, $0)]) }
        let learned =
            sums.0 * sums.0 * covariance.0 + 2 * sums.0 * sums.1 * covariance.1 + sums.1 * sums.1 * covariance.2
        let distance = abs(Double(leads.count(where: \.isSuccess)) - expected) - 0.5
        return min(1, erfc(distance / (sums.0 + learned).squareRoot() / 2.0.squareRoot()))
    }

    private func column(_ lead: CalibrationLead) -> Double { (lead.points - centre) / scale }

    private func probability(_ lead: CalibrationLead) -> Double { regression.probability([(0, column(lead))]) }

    /// The sums of w, w x and w x^2, where w = p (1 - p).
    private static func information(
        _ columns: [Double], _ probability: (Double) -> Double
    ) -> (Double, Double, Double) {
        columns.reduce((0, 0, 0)) { sums, column in
            let chance = probability(column)
            let weight = chance * (1 - chance)
            return (sums.0 + weight, sums.1 + weight * column, sums.2 + weight * column * column)
        }
    }
}

extension Instant {
    fileprivate init(_ day: CivilDate) { self.init(seconds: day.daysSince1970 * 86_400) }

    /// Whole days since 1970, rounded down.
    fileprivate var day: Int64 { (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400 }
}
