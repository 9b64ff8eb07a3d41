import Contracts
import Kernel
import ScoringDomain
import SwiftProtobuf

/// The `scoring` section of an agreement with calibrated points, as YAML with the evidence in comments.
///
/// Caps follow the points: that of a rule counts as many whole engagements as before, those over several rules change as
/// ``CapProposal`` has it, and what cannot follow is said. What is not about points stays as it is, but for a threshold
/// that the rules can no longer reach.
struct CalibrationDocument {
    private let section: WireScoringSection
    private let proposals: [String: PointsProposal]
    /// The same with the rules that stay, and their points.
    private var draft: WireScoringSection
    /// Caps of rules that would be larger than an agreement allows.
    private var cutCaps: [String: Double] = [:]
    private var lines: [String] = []
    private var lowersThreshold = false

    /// - Parameter section: of the agreement in force; a rule that tells nothing is left out, with a comment.
    static func text(_ section: WireScoringSection, _ found: Calibration, heading: [String]) -> String {
        var document = CalibrationDocument(section, found)
        document.lines = ["scoring:"]
        document.write("fit", section.fit, document.draft.fit, id: \.id)
        document.write("engagement", section.engagement, document.draft.engagement, id: \.id)
        document.write("situation", section.situation, document.draft.situation, id: \.id)
        document.write("negatives", section.negatives, document.draft.negatives, id: \.id)
        document.writeCaps()
        document.writeQualification()
        document.writeRest()
        let comments = (heading + [document.summary(found.proposals)]).map { "# \($0)" }
        return (comments + document.lines).joined(separator: "\n") + "\n"
    }

    private init(_ section: WireScoringSection, _ found: Calibration) {
        self.section = section
        proposals = Dictionary(found.proposals.map { ($0.rule.id, $0) }) { first, _ in first }
        draft = section
        var cutCaps: [String: Double] = [:]
        func scaled(_ cap: Double, of rule: String, _ before: Double, _ after: Double) -> Double {
            let wanted = before == 0 ? cap : Self.rounded(cap * abs(after / before))
            if wanted > 100 { cutCaps[rule] = wanted }
            return min(wanted, 100)
        }
        func change(_ rule: inout WirePointRule, _ points: Double) {
            if rule.hasCap { rule.cap = scaled(rule.cap, of: rule.id, rule.points, points) }
            rule.points = points
        }
        draft.fit = changed(section.fit, \.id) { $0.points = $1 }
        draft.engagement = changed(section.engagement, \.id) { rule, points in
            if rule.hasCap { rule.cap = scaled(rule.cap, of: rule.id, rule.points, points) }
            rule.points = points
        }
        draft.situation = changed(section.situation, \.id, change)
        draft.negatives = changed(section.negatives, \.id, change)
        self.cutCaps = cutCaps
    }

    /// What became of the sum of points, by weight, and of thresholds. Points are rounded to whole ones.
    private func summary(_ proposals: [PointsProposal]) -> String {
        let sum = { (points: (PointsProposal) -> Double) in
            proposals.reduce(0) { $0 + abs(points($1)) * $1.rule.weight }
        }
        let most = sum { _ in 0.5 } + 1e-9
        let isKept =
            proposals.allSatisfy { $0.uncut == nil } && abs(sum { $0.points ?? 0 } - sum(\.rule.points)) <= most
        return "In all they are \(isKept ? "" : "not ")as many as before; "
            + "\(lowersThreshold ? "a threshold comes down" : "thresholds stay"). Backtest it before you sign it."
    }

    private func changed<Rule>(
        _ rules: [Rule], _ id: KeyPath<Rule, String>, _ set: (inout Rule, Double) -> Void
    ) -> [Rule] {
        rules.compactMap { rule in
            guard let proposal = proposals[rule[keyPath: id]], let points = proposal.points else { return nil }
            var changed = rule
            if points != proposal.rule.points { set(&changed, points) }
            return changed
        }
    }

    // MARK: - Rules

    private mutating func write<Rule: Message>(
        _ group: String, _ rules: [Rule], _ kept: [Rule], id: KeyPath<Rule, String>
    ) {
        guard !rules.isEmpty else { return }
        lines.append("  \(group):\(kept.isEmpty ? " []" : "")")
        let byID = Dictionary(kept.map { ($0[keyPath: id], $0) }) { first, _ in first }
        for rule in rules {
            guard let proposal = proposals[rule[keyPath: id]] else { continue }
            lines.append("    # \(evidence(proposal))")
            if let changed = byID[rule[keyPath: id]] { lines.append("    - \(json(changed))") }
        }
    }

    private func evidence(_ proposal: PointsProposal) -> String {
        let rule = proposal.rule
        if proposal.isPassedOver {
            return "\(rule.id): \(rule.points.thousandths) points stay; it reads a field that is left out"
        }
        guard let coefficient = proposal.coefficient else {
            return "\(rule.id): \(rule.points.thousandths) points; all leads read the same, so it is left out"
        }
        let error = proposal.standardError.map { " +- \($0.thousandths)" } ?? ""
        let odds = "log odds \(coefficient.thousandths)\(error)"
        guard let points = proposal.points else {
            return "\(rule.id): \(rule.points.thousandths) points; \(odds): it tells nothing, or the opposite; left out"
        }
        let uncut =
            proposal.uncut.map { ", which come to \($0.thousandths) points: more than an agreement allows" } ?? ""
        let cap = cutCaps[rule.id].map { "; its cap would be \($0.thousandths), more than an agreement allows" } ?? ""
        return "\(rule.id): \(rule.points.thousandths) -> \(points.thousandths) points; \(odds)\(uncut)\(cap)"
    }

    // MARK: - Caps

    private mutating func writeCaps() {
        draft.categories = []
        if !section.categories.isEmpty {
            let place = lines.count
            for category in section.categories { write(category) }
            lines.insert("  categories:\(draft.categories.isEmpty ? " []" : "")", at: place)
        }
        if draft.fitSum > 100 {
            lines.append("  # fit adds up to \(draft.fitSum.thousandths) points, of which 100 count")
        }
        let situationCap = write(
            "situation_cap", section.hasSituationCap ? section.situationCap : nil,
            points(section.situation, draft.situation, \.id, \.points))
        if let situationCap { draft.situationCap = situationCap }
        write(
            "negatives_floor", section.hasNegativesFloor ? section.negativesFloor : nil,
            points(section.negatives, draft.negatives, \.id, \.points))
    }

    /// One cap serves fit and engagement: it follows whichever of them needs more.
    private mutating func write(_ category: WireScoringCategory) {
        let isOfCategory = { (name: String) in name == category.id }
        let fit = points(
            section.fit.filter { isOfCategory($0.category) }, draft.fit.filter { isOfCategory($0.category) }, \.id,
            \.points)
        let engagement = points(
            section.engagement.filter { isOfCategory($0.category) },
            draft.engagement.filter { isOfCategory($0.category) }, \.id, \.points)
        guard !(fit + engagement).isEmpty else {
            return lines.append("    # \(category.id): none of its rules is left")
        }
        var changed = category
        let caps = [fit, engagement].compactMap { CapProposal.scaled(category.cap, $0) }
        if category.hasCap, let cap = caps.max() {
            changed.cap = min(Self.rounded(cap), 100)
            if changed.cap != category.cap {
                lines.append("    # \(category.id): \(Self.followed(category.cap, cap, changed.cap))")
            }
        }
        draft.categories.append(changed)
        lines.append("    - \(json(changed))")
    }

    private static func followed(_ before: Double, _ wanted: Double, _ after: Double) -> String {
        let text = "\(before.thousandths) -> \(after.thousandths), with its rules"
        return abs(wanted) > 100 ? text + "; \(wanted.thousandths) would be more than an agreement allows" : text
    }

    /// - Returns: nil where there is no cap.
    @discardableResult
    private mutating func write(_ name: String, _ cap: Double?, _ rules: [CapProposal.Points]) -> Double? {
        guard let cap else { return nil }
        let wanted = CapProposal.scaled(cap, rules) ?? cap
        let changed = min(max(Self.rounded(wanted), -100), 100)
        if changed != cap { lines.append("  # \(name): \(Self.followed(cap, wanted, changed))") }
        lines.append("  \(name): \(changed.thousandths)")
        return changed
    }

    private func points<Rule>(
        _ before: [Rule], _ after: [Rule], _ id: KeyPath<Rule, String>, _ points: KeyPath<Rule, Double>
    ) -> [CapProposal.Points] {
        let old = Dictionary(before.map { ($0[keyPath: id], $0[keyPath: points]) }) { first, _ in first }
        return after.map { (before: old[$0[keyPath: id]] ?? 0, after: $0[keyPath: points]) }
    }

    // MARK: - The rest

    /// A threshold that no lead could reach would be refused.
    private mutating func writeQualification() {
        var changed = section.qualification
        if !(draft.fit.isEmpty && draft.engagement.isEmpty) {
            let most = draft.reachable
            let notes = [
                changed.lower(
                    "threshold", \.threshold, from: changed.hasThreshold ? changed.threshold : 60, to: most.total),
                changed.lower("minimum_fit", \.minimumFit, from: changed.minimumFit, to: most.fit),
                changed.lower(
                    "minimum_engagement", \.minimumEngagement, from: changed.minimumEngagement, to: most.engagement),
            ]
            lowersThreshold = notes.contains { $0 != nil }
            lines += notes.compactMap(\.self).map { "  # \($0)" }
        }
        if changed != WireQualification() { lines.append("  qualification: \(json(changed))") }
    }

    /// Whatever else the section has, by name.
    private mutating func writeRest() {
        var rest = section
        (rest.fit, rest.engagement, rest.situation, rest.negatives) = ([], [], [], [])
        rest.categories = []
        rest.clearSituationCap()
        rest.clearNegativesFloor()
        rest.clearQualification()
        guard let fields = try? Google_Protobuf_Struct(jsonString: json(rest)).fields else { return }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            guard case .listValue(let list)? = value.kind, case .structValue? = list.values.first?.kind else {
                lines.append("  \(name): \(value.sortedJSON)")
                continue
            }
            lines.append("  \(name):")
            lines += list.values.map { "    - \($0.sortedJSON)" }
        }
    }

    private func json(_ message: some Message) -> String {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.useDeterministicOrdering = true
        // Messages of an agreement hold nothing that JSON cannot say.
        return (try? message.jsonString(options: options)) ?? "{}"
    }

    private static func rounded(_ number: Double) -> Double { (number * 1_000).rounded() / 1_000 }
}

extension Double {
    /// With at most three digits behind the point.
    fileprivate var thousandths: String {
        let rounded = (self * 1_000).rounded() / 1_000
        return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }
}

extension Google_Protobuf_Value {
    /// As JSON, in the order of names.
    fileprivate var sortedJSON: String {
        switch kind {
        case .structValue(let object)?:
            let fields = object.fields.sorted { $0.key < $1.key }
                .map { "\(Google_Protobuf_Value(stringValue: $0.key).sortedJSON):\($0.value.sortedJSON)" }
            return "{\(fields.joined(separator: ","))}"
        case .listValue(let list)?: return "[\(list.values.map(\.sortedJSON).joined(separator: ","))]"
        default: return (try? jsonString()) ?? "null"
        }
    }
}

extension WireQualification {
    /// - Returns: what is said of it; nil where it was low enough.
    fileprivate mutating func lower(
        _ name: String, _ field: WritableKeyPath<WireQualification, Double>, from wanted: Double, to most: Double
    ) -> String? {
        guard wanted > most + 1e-9 else { return nil }
        self[keyPath: field] = most
        return "\(name): \(wanted.thousandths) -> \(most.thousandths), the most that these rules can give"
    }
}
