import Contracts
import Kernel
import SwiftProtobuf

/// What moved, as people read it.
enum DriftText {
    private static let featuresShown = 15
    private static let groupsShown = 12

    static func report(_ answer: WireDetectDriftResponse) -> String {
        var lines = [
            "reference \(days(answer.reference.period)): \(answer.reference.leads) leads; current "
                + "\(days(answer.current.period)): \(answer.current.leads) leads",
            "what came of them is known of \(days(answer.knownReference.period)): \(known(answer.knownReference)); and "
                + "of \(days(answer.knownCurrent.period)): \(known(answer.knownCurrent))",
        ]
        lines += answer.leftOut.map { "left out: \($0.leads) (\($0.reason.replacing("_", with: " ")))" }
        lines += [""] + (answer.warnings.isEmpty ? ["nothing moved"] : answer.warnings.map { "note: \($0)" })
        lines += ["", "Stability", stability(answer)]
        lines += moved(answer)
        lines += ["", "Calibration over time", calibration(answer.calibration)]
        if !answer.rules.isEmpty { lines += ["", "Rules", rules(answer)] }
        if answer.hasShelfLife { lines += ["", shelfLife(answer.shelfLife)] }
        return lines.joined(separator: "\n")
    }

    private static func stability(_ answer: WireDetectDriftResponse) -> String {
        var table = TextTable(["feature", "kind", "PSI", "by chance up to", "adjusted p", "verdict"])
        for feature in [answer.score] + answer.features.prefix(featuresShown) {
            table.add([
                name(feature), feature.kind, Format.fixed(feature.psi, 3), Format.fixed(feature.chance, 3),
                Format.fixed(feature.pValue, 3), verdict(feature.verdict),
            ])
        }
        let rest = answer.features.count - featuresShown
        return table.text + (rest > 0 ? "\nand \(rest) more: --json" : "")
    }

    /// The groups of what moved.
    private static func moved(_ answer: WireDetectDriftResponse) -> [String] {
        let moved = ([answer.score] + answer.features).filter { ["large", "moderate"].contains($0.verdict) }
        return moved.prefix(featuresShown).flatMap { feature in
            var table = TextTable([name(feature), "reference", "current"])
            for group in feature.groups.prefix(groupsShown) {
                table.add([
                    group.group, share(group.referenceLeads, answer.reference.leads),
                    share(group.currentLeads, answer.current.leads),
                ])
            }
            return ["", table.text]
        }
    }

    private static func calibration(_ found: WireCalibrationOverTime) -> String {
        guard found.reason.isEmpty else { return "none: \(found.reason)" }
        var table = TextTable([
            "seen", "leads", "foretold", "came", "95 % interval", "Brier", "log loss", "AUC", "",
        ])
        for interval in found.intervals { table.add(row(day(interval.from), interval)) }
        table.add(row("reference", found.reference))
        table.add(row("current", found.current))
        return table.text
    }

    private static func row(_ title: String, _ interval: WireCalibrationInterval) -> [String] {
        [
            title, "\(interval.leads)", Format.percent(interval.foretold), Format.percent(interval.rate),
            "\(Format.percent(interval.rateLow)) to \(Format.percent(interval.rateHigh))",
            Format.fixed(interval.brier, 3), Format.fixed(interval.logLoss, 3),
            interval.hasAuc ? Format.fixed(interval.auc, 3) : "", interval.isOff ? "off" : "",
        ]
    }

    private static func rules(_ answer: WireDetectDriftResponse) -> String {
        var table = TextTable([
            "rule", "points", "reference with", "without", "current with", "without", "adjusted p", "verdict",
        ])
        for rule in answer.rules {
            table.add([
                rule.rule, Format.fixed(rule.points, 1), rate(rule.reference.rate, rule.reference.leads),
                rate(rule.reference.otherRate, rule.reference.otherLeads), rate(rule.current.rate, rule.current.leads),
                rate(rule.current.otherRate, rule.current.otherLeads), Format.fixed(rule.current.pValue, 3),
                verdict(rule.verdict),
            ])
        }
        return table.text
    }

    private static func shelfLife(_ life: WireShelfLife) -> String {
        "last agreed or reviewed on \(day(life.since)); the next review \(life.isPast ? "was" : "is") due on "
            + day(life.dueAt)
    }

    private static func name(_ feature: WireFeatureStability) -> String {
        feature.kind == "score" ? "the score" : feature.feature
    }

    private static func known(_ period: WireDriftPeriod) -> String {
        "\(period.leads) leads, \(period.successes) with the outcome"
    }

    private static func rate(_ rate: Double, _ leads: Int32) -> String {
        leads == 0 ? "" : "\(Format.percent(rate)) of \(leads)"
    }

    private static func share(_ leads: Int32, _ all: Int32) -> String {
        Format.percent(all == 0 ? 0 : Double(leads) / Double(all))
    }

    private static func verdict(_ verdict: String) -> String { verdict.replacing("_", with: " ") }

    private static func days(_ period: WirePeriod) -> String { "\(day(period.from)) to \(day(period.to))" }

    private static func day(_ moment: Google_Protobuf_Timestamp) -> String { String(Instant(moment).text.prefix(10)) }
}
