import Contracts

/// A calibration as people read it.
enum CalibrationText {
    private static let coefficientsShown = 25

    static func report(_ answer: WireCalibrateResponse) -> String {
        let data = answer.data
        var lines = [
            "\(data.leads) leads, \(data.successes) with the outcome; learned from \(data.trainingLeads), checked on "
                + "\(answer.heldOut.leads)"
        ]
        lines += data.leftOut.map { "left out: \($0.leads) (\($0.reason.replacing("_", with: " ")))" }
        lines += answer.warnings.map { "note: \($0)" }
        lines += [
            "",
            "AUC \(Format.fixed(answer.heldOut.auc, 3)) (the points in force: \(Format.fixed(answer.pointsAuc, 3)); in "
                + "training \(Format.fixed(answer.training.auc, 3))), log loss "
                + "\(Format.fixed(answer.heldOut.logLoss, 3)), Brier \(Format.fixed(answer.heldOut.brier, 3))",
            "", reliability(answer.heldOut), "", coefficients(answer), "", points(answer),
        ]
        if !answer.leaks.isEmpty { lines += ["", leaks(answer)] }
        if !answer.leads.isEmpty { lines += ["", leads(answer)] }
        return lines.joined(separator: "\n") + "\n\nA draft of the scoring section: accord scoring calibrate --yaml"
    }

    private static func reliability(_ quality: WireCalibrationQuality) -> String {
        var table = TextTable(["held-out leads", "foretold", "came", "95 % interval"])
        for group in quality.reliability {
            table.add([
                "\(group.leads)", Format.percent(group.meanProbability), Format.percent(group.rate),
                "\(Format.percent(group.rateLow)) to \(Format.percent(group.rateHigh))",
            ])
        }
        return table.text
    }

    private static func coefficients(_ answer: WireCalibrateResponse) -> String {
        var table = TextTable(["feature", "log odds", "+-", "per deviation", "leads"])
        for coefficient in answer.coefficients.prefix(coefficientsShown) {
            table.add([
                coefficient.feature, Format.fixed(coefficient.coefficient, 3),
                Format.fixed(coefficient.standardError, 3), Format.fixed(coefficient.standardised, 3),
                "\(coefficient.leads)",
            ])
        }
        let rest = answer.coefficients.count - coefficientsShown
        return table.text + (rest > 0 ? "\nand \(rest) more: --json" : "")
    }

    private static func leaks(_ answer: WireCalibrateResponse) -> String {
        var table = TextTable(["left out", "why", "AUC alone", "changed after", "of", "others", "of", "such as"])
        for leak in answer.leaks {
            let late = leak.lateChanges
            let counts = [late.changed, late.leads, late.otherChanged, late.otherLeads].map { "\($0)" } + [late.leadID]
            table.add(
                [leak.field, leak.reason.replacing("_", with: " "), Format.fixed(leak.auc, 3)]
                    + (leak.hasLateChanges ? counts : ["", "", "", "", ""]))
        }
        return table.text
    }

    private static func points(_ answer: WireCalibrateResponse) -> String {
        var table = TextTable(["rule", "group", "points", "proposed"])
        for rule in answer.points {
            table.add([rule.rule, rule.group, Format.fixed(rule.points, 1), Format.fixed(rule.proposed, 0)])
        }
        return table.text
    }

    private static func leads(_ answer: WireCalibrateResponse) -> String {
        var table = TextTable(["lead", "points", "probability"])
        for lead in answer.leads {
            table.add([lead.leadID, Format.fixed(lead.points, 1), Format.percent(lead.probability)])
        }
        return table.text
    }
}
