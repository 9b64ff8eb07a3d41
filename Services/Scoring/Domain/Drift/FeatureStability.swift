import Criteria
import Statistics

/// Whether as many leads as before have each reading of a rule, value of a field, or score.
public struct FeatureStability: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case score, rule, field
    }

    /// 0.1 and 0.25 are Siddiqi's; what chance alone may do is no drift.
    public enum Verdict: String, Sendable {
        case large, moderate
        case byChance = "by_chance"
        case stable
        case tooFew = "too_few"
    }

    /// Empty of the score.
    public let feature: String
    public let kind: Kind
    /// The population stability index.
    public let index: Double
    /// What chance alone exceeds one time in twenty.
    public let chance: Double
    /// Adjusted for the number of features.
    public let pValue: Double
    public let verdict: Verdict
    public let groups: [StabilityGroup]

    /// Leads of either period below which nothing is told.
    static let leadsAtLeast = 30

    /// The group that moved most.
    var mostMoved: (group: StabilityGroup, before: Double, now: Double)? {
        let sizes = (groups.reduce(0) { $0 + $1.reference }, groups.reduce(0) { $0 + $1.current })
        return groups.map { group in
            (group, Double(group.reference) / Double(max(sizes.0, 1)), Double(group.current) / Double(max(sizes.1, 1)))
        }.max { abs($0.2 - $0.1) < abs($1.2 - $1.1) }
    }

    /// The score first, then rules and fields, the worst first.
    static func all(_ sample: DriftSample, _ rules: ScoringRules, excluded: Set<String>) -> [FeatureStability] {
        let candidates = StabilityCandidate.all(sample, rules, excluded: excluded)
        let found = candidates.map {
            PopulationStability(reference: $0.groups.map(\.reference), current: $0.groups.map(\.current))
        }
        let adjusted = FalseDiscovery.adjusted(found.map(\.pValue))
        let isTooFew = min(sample.reference.count, sample.current.count) < leadsAtLeast
        let all = candidates.indices.map { place in
            FeatureStability(
                feature: candidates[place].feature, kind: candidates[place].kind, index: found[place].index,
                chance: found[place].chance, pValue: adjusted[place],
                verdict: isTooFew ? .tooFew : verdict(found[place].index, pValue: adjusted[place]),
                groups: candidates[place].groups)
        }
        return all.prefix(1)
            + all.dropFirst().sorted {
                ($0.rank, $1.index, $0.feature) < ($1.rank, $0.index, $1.feature)
            }
    }

    private static func verdict(_ index: Double, pValue: Double) -> Verdict {
        if index < 0.1 { return .stable }
        if pValue > 0.05 { return .byChance }
        return index < 0.25 ? .moderate : .large
    }

    private var rank: Int {
        switch verdict {
        case .large: 0
        case .moderate: 1
        case .byChance, .stable, .tooFew: 2
        }
    }
}

/// A feature, and its groups in both periods.
private struct StabilityCandidate {
    let feature: String
    let kind: FeatureStability.Kind
    let groups: [StabilityGroup]

    /// Entries of one list that are looked at, each of them alone: a lead may have several.
    private static let entriesAtMost = 20

    static func all(_ sample: DriftSample, _ rules: ScoringRules, excluded: Set<String>) -> [StabilityCandidate] {
        let score = StabilityCandidate(
            feature: "", kind: .score,
            groups: StabilityGroup.ranged(
                sample.reference.map { steady($0.points) }, sample.current.map { steady($0.points) }))
        let ofRules = rules.calibrated.enumerated().map { place, rule in
            StabilityCandidate(
                feature: rule.id, kind: .rule,
                groups: place < rules.calibratedPointRules.count
                    ? verdicts(sample, place) : engagement(sample, place))
        }
        let ofFields = Calibration.fields(rules.catalogue, excluded: excluded).flatMap { field(sample, $0) }
        return [score] + ofRules + ofFields
    }

    private static func verdicts(_ sample: DriftSample, _ place: Int) -> [StabilityGroup] {
        let name = { (lead: CalibrationLead) in lead.readings[place].map { $0 > 0 ? "holds" : "not" } }
        return StabilityGroup.named(sample.reference.map(name), sample.current.map(name), missing: "unknown")
    }

    private static func engagement(_ sample: DriftSample, _ place: Int) -> [StabilityGroup] {
        let count = { (lead: CalibrationLead) in lead.readings[place].flatMap { $0 > 0 ? steady($0) : nil } }
        return StabilityGroup.ranged(sample.reference.map(count), sample.current.map(count), missing: "none")
    }

    /// Decay leaves different last digits at different times, which must not part equal readings.
    private static func steady(_ number: Double) -> Double { (number * 1e9).rounded() / 1e9 }

    /// None where all leads have the same.
    private static func field(_ sample: DriftSample, _ field: FieldCatalogue.Field) -> [StabilityCandidate] {
        switch field.type {
        case .number:
            let number = { (lead: CalibrationLead) -> Double? in
                if case .number(let number) = lead.record[field.name] { number } else { nil }
            }
            return candidate(
                field.name, StabilityGroup.ranged(sample.reference.map(number), sample.current.map(number)))
        case .list:
            return entries(sample, field.name)
        case .date:
            return named(sample, field.name) { $0.record[field.name].map { _ in "filled" } }
        case .text, .boolean:
            return named(sample, field.name) { $0.record[field.name]?.categories.first }
        }
    }

    private static func entries(_ sample: DriftSample, _ field: String) -> [StabilityCandidate] {
        let reference = sample.reference.map { $0.record[field]?.categories }
        let current = sample.current.map { $0.record[field]?.categories }
        var counts: [String: Int] = [:]
        for entry in (reference + current).compactMap(\.self).joined() { counts[entry, default: 0] += 1 }
        let frequent = counts.filter { $0.value >= CalibrationSettings.minimumSupport }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(entriesAtMost)
        return frequent.flatMap { entry, _ in
            let name = { (entries: [String]?) in entries.map { $0.contains(entry) ? "has it" : "has not" } }
            return candidate("\(field) = \(entry)", StabilityGroup.named(reference.map(name), current.map(name)))
        }
    }

    private static func named(
        _ sample: DriftSample, _ feature: String, _ name: (CalibrationLead) -> String?
    ) -> [StabilityCandidate] {
        candidate(feature, StabilityGroup.named(sample.reference.map(name), sample.current.map(name)))
    }

    private static func candidate(_ feature: String, _ groups: [StabilityGroup]) -> [StabilityCandidate] {
        groups.count < 2 ? [] : [StabilityCandidate(feature: feature, kind: .field, groups: groups)]
    }
}
