import Contracts
import Kernel
import ScoringDomain
import SwiftProtobuf

extension WireCalibrateResponse {
    /// - Parameter leads: how many leads to answer with.
    init(
        _ found: Calibration, _ sample: CalibrationSample, _ agreement: WireAgreementVersion, leads: Int, now: Instant
    ) {
        self.init()
        agreementVersion = agreement.version
        data = .with {
            $0.leads = Int32(clamping: sample.leads.count)
            $0.successes = Int32(clamping: sample.leads.count(where: \.isSuccess))
            $0.trainingLeads = Int32(clamping: found.training.leads)
            $0.trainingSuccesses = Int32(clamping: found.training.successes)
            $0.leftOut = [WireCalibrationLeftOut](sample.leftOut)
        }
        heldOut = WireCalibrationQuality(found.heldOut)
        training = WireCalibrationQuality(found.training)
        pointsAuc = found.pointsAUC
        intercept = found.intercept
        coefficients = found.coefficients.map(WireCalibrationCoefficient.init)
        leaks = found.leaks.map { leak in
            .with {
                $0.field = leak.field
                $0.reason = leak.reason.rawValue
                $0.auc = leak.auc
                $0.description_p = leak.description
                if let changes = leak.lateChanges { $0.lateChanges = WireCalibrationLateChanges(changes) }
            }
        }
        warnings = found.warnings
        points = found.proposals.map(WireCalibrationPoints.init)
        self.leads = found.verdicts.prefix(leads).map { verdict in
            .with {
                $0.leadID = verdict.lead
                $0.points = verdict.points
                $0.probability = verdict.probability
            }
        }
        iterations = Int32(clamping: found.iterations)
        document = CalibrationDocument.text(
            agreement.agreement.scoring, found, heading: Self.heading(found, sample, agreement.version, now))
    }

    private static func heading(
        _ found: Calibration, _ sample: CalibrationSample, _ version: Int64, _ now: Instant
    ) -> [String] {
        let rounded = { (number: Double) in "\((number * 1_000).rounded() / 1_000)" }
        return [
            "Drafted by accord scoring calibrate at \(now.text) from version \(version) and \(sample.leads.count) leads,",
            "\(sample.leads.count(where: \.isSuccess)) of them with the outcome. On \(found.heldOut.leads) leads held "
                + "out the model has an AUC of \(rounded(found.heldOut.auc)), the",
            "points in force \(rounded(found.pointsAUC)). Points are in proportion to the log odds of each rule, all "
                + "other rules being",
            "equal.",
        ]
    }
}

extension WireCalibrationQuality {
    fileprivate init(_ quality: Calibration.Quality) {
        self.init()
        leads = Int32(clamping: quality.leads)
        successes = Int32(clamping: quality.successes)
        auc = quality.auc
        logLoss = quality.logLoss
        brier = quality.brier
        reliability = quality.reliability.map { group in
            .with {
                $0.leads = Int32(clamping: group.leads)
                $0.successes = Int32(clamping: group.successes)
                $0.meanProbability = group.meanProbability
                $0.rate = group.rate
                $0.rateLow = group.low
                $0.rateHigh = group.high
            }
        }
    }
}

extension WireCalibrationCoefficient {
    fileprivate init(_ coefficient: Calibration.Coefficient) {
        self.init()
        feature = coefficient.feature.text
        self.coefficient = coefficient.value
        standardError = coefficient.standardError
        standardised = coefficient.standardised
        leads = Int32(clamping: coefficient.leads)
    }
}

extension WireCalibrationLateChanges {
    fileprivate init(_ changes: LateChanges) {
        self.init()
        outcome = changes.outcome.rawValue
        leads = Int32(clamping: changes.leads)
        changed = Int32(clamping: changes.changed)
        otherLeads = Int32(clamping: changes.otherLeads)
        otherChanged = Int32(clamping: changes.otherChanged)
        leadID = changes.example
    }
}

extension WireCalibrationPoints {
    fileprivate init(_ proposal: PointsProposal) {
        self.init()
        rule = proposal.rule.id
        group = proposal.rule.group
        points = proposal.rule.points
        proposed = proposal.points ?? 0
    }
}
