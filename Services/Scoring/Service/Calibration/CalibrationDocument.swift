import Contracts
import Kernel
import ScoringDomain
import SwiftProtobuf

/// The `scoring` section of an agreement with calibrated points, as YAML with the evidence in comments.
struct CalibrationDocument {
    private let section: WireScoringSection
    private let proposals: [String: PointsProposal]
    private var lines: [String] = []

    /// - Parameter section: of the agreement in force; a rule that tells nothing is left out, with a comment.
    static func text(_ section: WireScoringSection, _ found: Calibration, heading: [String]) -> String {
        var document = CalibrationDocument(section, found)
        document.lines = heading.map { "# \($0)" } + ["scoring:"]
        document.write("fit", section.fit, id: \.id) { $0.points = $1 }
        document.write("engagement", section.engagement, id: \.id) { rule, points in
            if rule.hasCap { rule.cap = scaled(rule.cap, points / rule.points) }
            rule.points = points
        }
        for (group, rules) in [("situation", section.situation), ("negatives", section.negatives)] {
            document.write(group, rules, id: \.id) { rule, points in
                if rule.hasCap { rule.cap = scaled(rule.cap, points / rule.points) }
                rule.points = points
            }
        }
        document.writeRest()
        return document.lines.joined(separator: "\n") + "\n"
    }

    private static func scaled(_ cap: Double, _ factor: Double) -> Double {
        min(max((cap * abs(factor)).rounded(), 1), 100)
    }

    private init(_ section: WireScoringSection, _ found: Calibration) {
        self.section = section
        proposals = Dictionary(found.proposals.map { ($0.rule.id, $0) }) { first, _ in first }
    }

    private mutating func write<Rule: Message>(
        _ group: String, _ rules: [Rule], id: KeyPath<Rule, String>, _ set: (inout Rule, Double) -> Void
    ) {
        guard !rules.isEmpty else { return }
        var kept: [String] = []
        for rule in rules {
            guard let proposal = proposals[rule[keyPath: id]] else { continue }
            kept.append("    # \(evidence(proposal))")
            guard let points = proposal.points else { continue }
            var changed = rule
            if !proposal.isPassedOver { set(&changed, points) }
            kept.append("    - \(json(changed))")
        }
        let isEmpty = !kept.contains { $0.hasPrefix("    - ") }
        lines.append("  \(group):\(isEmpty ? " []" : "")")
        lines += kept
    }

    private func evidence(_ proposal: PointsProposal) -> String {
        let rule = proposal.rule
        if proposal.isPassedOver {
            return "\(rule.id): \(number(rule.points)) points stay; it reads a field that is left out"
        }
        guard let coefficient = proposal.coefficient else {
            return "\(rule.id): \(number(rule.points)) points; all leads read the same, so it is left out"
        }
        let error = proposal.standardError.map { " +- \(number($0))" } ?? ""
        let odds = "log odds \(number(coefficient))\(error)"
        guard let points = proposal.points else {
            return "\(rule.id): \(number(rule.points)) points; \(odds): it tells nothing, or the opposite; left out"
        }
        return "\(rule.id): \(number(rule.points)) -> \(number(points)) points; \(odds)"
    }

    /// What is not about points stays as it is.
    private mutating func writeRest() {
        if section.hasFitWeight { lines.append("  fit_weight: \(number(section.fitWeight))") }
        if section.hasEngagementWeight { lines.append("  engagement_weight: \(number(section.engagementWeight))") }
        if section.hasFloor { lines.append("  floor: \(number(section.floor))") }
        if section.hasSituationCap { lines.append("  situation_cap: \(number(section.situationCap))") }
        if section.hasNegativesFloor { lines.append("  negatives_floor: \(number(section.negativesFloor))") }
        if !section.lateAfter.isEmpty { lines.append("  late_after: \(section.lateAfter)") }
        writeList("categories", section.categories)
        writeList("kinds", section.kinds)
        if section.hasQualification { lines.append("  qualification: \(json(section.qualification))") }
        for (name, grades) in [
            ("fit_grades", section.fitGrades), ("engagement_grades", section.engagementGrades),
        ] where !grades.isEmpty {
            lines.append("  \(name): [\(grades.map(number).joined(separator: ", "))]")
        }
        if !section.contextPacket.isEmpty {
            lines.append("  context_packet: [\(section.contextPacket.joined(separator: ", "))]")
        }
        if section.hasCalibration { lines.append("  calibration: \(json(section.calibration))") }
    }

    private mutating func writeList(_ name: String, _ messages: [some Message]) {
        guard !messages.isEmpty else { return }
        lines.append("  \(name):")
        lines += messages.map { "    - \(json($0))" }
    }

    private func json(_ message: some Message) -> String {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        // Messages of an agreement hold nothing that JSON cannot say.
        return (try? message.jsonString(options: options)) ?? "{}"
    }

    /// With at most three digits behind the point.
    private func number(_ number: Double) -> String {
        let thousandths = (number * 1_000).rounded() / 1_000
        return Int64(exactly: thousandths).map { "\($0)" } ?? "\(thousandths)"
    }
}
