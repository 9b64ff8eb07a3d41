import Statistics

/// Whether leads for which a rule holds still succeed more often than others; less often where it takes points.
public struct RuleSeparation: Hashable, Sendable {
    /// What became of leads for which the rule holds, and of those for which it does not; unknown is neither.
    public struct Outcomes: Hashable, Sendable {
        public fileprivate(set) var leads = 0
        public fileprivate(set) var successes = 0
        public fileprivate(set) var otherLeads = 0
        public fileprivate(set) var otherSuccesses = 0
        /// Of chance alone parting them as far, adjusted for the number of rules.
        public fileprivate(set) var pValue = 1.0

        public var rate: Double { leads == 0 ? 0 : Double(successes) / Double(leads) }
        public var otherRate: Double { otherLeads == 0 ? 0 : Double(otherSuccesses) / Double(otherLeads) }

        var fewest: Int { min(leads, otherLeads) }
        var chance: Double {
            FisherExactTest.pValue(
                successes: successes, trials: leads, restSuccesses: otherSuccesses, restTrials: otherLeads)
        }
        var odds: OddsRatio {
            OddsRatio(successes: successes, trials: leads, restSuccesses: otherSuccesses, restTrials: otherLeads)
        }

        init(_ sample: [CalibrationLead], _ place: Int) {
            for lead in sample {
                guard let reading = lead.readings[place] else { continue }
                if reading > 0 {
                    leads += 1
                    if lead.isSuccess { successes += 1 }
                } else {
                    otherLeads += 1
                    if lead.isSuccess { otherSuccesses += 1 }
                }
            }
        }
    }

    public enum Verdict: String, Sendable {
        /// In the current period.
        case separates
        /// It did in the reference, and the difference is gone.
        case noLonger = "no_longer"
        /// Now it tells the opposite of its points.
        case reversed
        /// In neither period.
        case neverDid = "never_did"
        case tooFew = "too_few"
    }

    public let rule: CalibratedRule
    public private(set) var reference: Outcomes
    public private(set) var current: Outcomes
    /// Of the odds ratios of both periods being one, adjusted for the number of rules.
    public private(set) var changePValue = 1.0

    /// Leads on either side, in either period, below which nothing is told.
    private static let leadsAtLeast = 10
    private static let significance = 0.05

    private init(_ rule: CalibratedRule, _ place: Int, _ reference: [CalibrationLead], _ current: [CalibrationLead]) {
        self.rule = rule
        self.reference = Outcomes(reference, place)
        self.current = Outcomes(current, place)
    }

    private var isEnough: Bool { min(reference.fewest, current.fewest) >= Self.leadsAtLeast }

    /// A rule that parted leads in the reference and does not now has only changed where the change itself is more than
    /// chance: a shorter period alone makes differences less certain.
    public var verdict: Verdict {
        guard isEnough else { return .tooFew }
        switch (says(reference), says(current)) {
        case (_, 1): return .separates
        case (_, -1): return .reversed
        case (1, _): return changePValue <= Self.significance ? .noLonger : .tooFew
        default: return .neverDid
        }
    }

    /// 1 what its points say, -1 the opposite, 0 nothing.
    private func says(_ outcomes: Outcomes) -> Int {
        guard outcomes.pValue <= Self.significance else { return 0 }
        return (outcomes.rate > outcomes.otherRate) == (rule.points >= 0) ? 1 : -1
    }

    /// In the order of ``ScoringRules/calibrated``.
    static func all(_ sample: DriftSample, _ rules: [CalibratedRule]) -> [RuleSeparation] {
        let (reference, current) = (sample.knownReference, sample.knownCurrent)
        var all = rules.enumerated().map { RuleSeparation($1, $0, reference, current) }
        let tested = all.indices.filter { all[$0].isEnough }
        let before = FalseDiscovery.adjusted(tested.map { all[$0].reference.chance })
        let now = FalseDiscovery.adjusted(tested.map { all[$0].current.chance })
        let change = FalseDiscovery.adjusted(
            tested.map { all[$0].reference.odds.pValue(against: all[$0].current.odds) })
        for (rank, place) in tested.enumerated() {
            all[place].reference.pValue = before[rank]
            all[place].current.pValue = now[rank]
            all[place].changePValue = change[rank]
        }
        return all
    }
}
