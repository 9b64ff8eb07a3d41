import Contracts
import Kernel
import ScoringDomain
import SwiftProtobuf

extension WireDetectDriftResponse {
    init(_ found: Drift, leftOut: [CalibrationSample.Reason: Int], version: Int64) {
        self.init()
        let sample = found.sample
        agreementVersion = version
        warnings = found.warnings
        reference = WireDriftPeriod(sample.periods.reference, leads: sample.reference.count)
        current = WireDriftPeriod(sample.periods.current, leads: sample.current.count)
        knownReference = WireDriftPeriod(sample.knownPeriods.reference, known: sample.knownReference)
        knownCurrent = WireDriftPeriod(sample.knownPeriods.current, known: sample.knownCurrent)
        self.leftOut = [WireCalibrationLeftOut](leftOut)
        score = WireFeatureStability(found.score)
        features = found.features.map(WireFeatureStability.init)
        calibration = WireCalibrationOverTime(found.calibration)
        rules = found.rules.map(WireRuleSeparation.init)
        if let life = found.shelfLife {
            shelfLife = .with {
                $0.since = life.since.wire
                $0.dueAt = life.dueAt.wire
                $0.isPast = life.isPast
            }
        }
    }
}

extension [WireCalibrationLeftOut] {
    init(_ leftOut: [CalibrationSample.Reason: Int]) {
        self = CalibrationSample.Reason.allCases.compactMap { reason in
            leftOut[reason].map { count in
                .with {
                    $0.reason = reason.rawValue
                    $0.leads = Int32(clamping: count)
                }
            }
        }
    }
}

extension WireDriftPeriod {
    fileprivate init(_ period: Range<Instant>, leads: Int) {
        self.init()
        self.period = .with {
            $0.from = period.lowerBound.wire
            $0.to = period.upperBound.wire
        }
        self.leads = Int32(clamping: leads)
    }

    fileprivate init(_ period: Range<Instant>, known: [CalibrationLead]) {
        self.init(period, leads: known.count)
        successes = Int32(clamping: known.count(where: \.isSuccess))
    }
}

extension WireFeatureStability {
    fileprivate init(_ found: FeatureStability) {
        self.init()
        feature = found.feature
        kind = found.kind.rawValue
        psi = found.index
        chance = found.chance
        pValue = found.pValue
        verdict = found.verdict.rawValue
        groups = found.groups.map { group in
            .with {
                $0.group = group.name
                $0.referenceLeads = Int32(clamping: group.reference)
                $0.currentLeads = Int32(clamping: group.current)
            }
        }
    }
}

extension WireCalibrationOverTime {
    fileprivate init(_ found: Result<CalibrationOverTime, CalibrationRefusal>) {
        self.init()
        switch found {
        case .failure(let refusal): reason = refusal.text
        case .success(let found):
            intercept = found.intercept
            perPoint = found.perPoint
            reference = WireCalibrationInterval(found.reference)
            current = WireCalibrationInterval(found.current)
            currentPValue = found.currentPValue
            intervals = found.intervals.map(WireCalibrationInterval.init)
        }
    }
}

extension WireCalibrationInterval {
    fileprivate init(_ interval: CalibrationOverTime.Interval) {
        self.init()
        from = interval.period.lowerBound.wire
        to = interval.period.upperBound.wire
        leads = Int32(clamping: interval.leads)
        successes = Int32(clamping: interval.successes)
        foretold = interval.foretold
        rate = interval.rate
        rateLow = interval.low
        rateHigh = interval.high
        brier = interval.brier
        logLoss = interval.logLoss
        if let auc = interval.auc { self.auc = auc }
        isOff = interval.isOff
    }
}

extension WireRuleSeparation {
    fileprivate init(_ found: RuleSeparation) {
        self.init()
        rule = found.rule.id
        group = found.rule.group
        points = found.rule.points
        reference = WireRuleOutcomes(found.reference)
        current = WireRuleOutcomes(found.current)
        changePValue = found.changePValue
        verdict = found.verdict.rawValue
    }
}

extension WireRuleOutcomes {
    fileprivate init(_ outcomes: RuleSeparation.Outcomes) {
        self.init()
        leads = Int32(clamping: outcomes.leads)
        successes = Int32(clamping: outcomes.successes)
        rate = outcomes.rate
        otherLeads = Int32(clamping: outcomes.otherLeads)
        otherSuccesses = Int32(clamping: outcomes.otherSuccesses)
        otherRate = outcomes.otherRate
        pValue = outcomes.pValue
    }
}
