package import Contracts
import Criteria
import Hosting
import Kernel
import RPC
package import ScoringDomain

extension ScoringRules {
    /// Compiles the `scoring` and `icp` sections of an agreement.
    ///
    /// - Throws: `invalid_argument` with every fault.
    package convenience init(_ wire: WireAgreementVersion) throws {
        var reader = RulesReader(catalogue: FieldCatalogue(wire.agreement))
        let section = wire.agreement.scoring
        let tiers = reader.tiers(wire.agreement.icp)
        let fit = reader.pointRules(section.fit, "scoring.fit")
        let (situation, situationEvents) = reader.rules(section.situation, .situation)
        let (negatives, negativeEvents) = reader.rules(section.negatives, .negatives)
        let engagement = reader.engagementRules(section.engagement) + situationEvents + negativeEvents
        let settings = reader.settings(section)
        let parts = reader.contextParts(section.contextPacket)
        guard reader.faults.isEmpty else { throw RPCError.invalid(reader.faults) }
        self.init(
            version: wire.version, effectiveAt: wire.hasEffectiveAt ? Instant(wire.effectiveAt) : .distantPast,
            currency: wire.agreement.currency.isEmpty ? "USD" : wire.agreement.currency,
            catalogue: reader.catalogue, tiers: tiers, fit: fit, engagement: engagement, situation: situation,
            negatives: negatives, categories: section.categories.compactMap(RuleCategory.init),
            kinds: Set(section.kinds.map(\.kind)), settings: settings,
            qualification: Qualification(section.qualification),
            contextParts: parts, webhooks: section.webhooks.map(WebhookMapping.init))
    }
}

extension Qualification {
    fileprivate init(_ wire: WireQualification) {
        self.init(
            threshold: wire.hasThreshold ? wire.threshold : 60, minimumFit: wire.minimumFit,
            minimumEngagement: wire.minimumEngagement, handRaisers: Set(wire.handRaisers),
            hysteresis: wire.hysteresis)
    }
}

extension RuleCategory {
    /// Nil for one without a cap.
    fileprivate init?(_ wire: WireScoringCategory) {
        guard wire.hasCap else { return nil }
        self.init(id: wire.id, cap: wire.cap)
    }
}

extension WireEngagementRule {
    /// A rule of situation or negatives for what a lead does.
    fileprivate init(_ rule: WirePointRule) {
        self.init()
        id = rule.id
        event = rule.event
        points = rule.points
        if rule.hasWhere { self.where = rule.where }
        if rule.hasCap { cap = rule.cap }
        self.repeat = rule.repeat
        decay = rule.decay
        halfLife = rule.halfLife
        window = rule.window
    }
}

extension IdentityRule {
    fileprivate init(_ section: WireScoringSection) {
        let wire = section.identity
        self.init(
            mergesByEmail: wire.sameEmail == "merge",
            findsByEmail: section.webhooks.contains { !$0.email.isEmpty })
        if !wire.sharedMailboxes.isEmpty { sharedMailboxes = Set(wire.sharedMailboxes.map { $0.lowercased() }) }
    }
}

/// Reads the sections and collects their faults.
private struct RulesReader {
    let catalogue: FieldCatalogue
    var faults: [WireFieldViolation] = []

    mutating func tiers(_ section: WireIcpSection) -> WeightedTiers? {
        guard !section.tiers.isEmpty else { return nil }
        let catalogue = catalogue
        return collect { () throws(CriteriaFaults) in try WeightedTiers(section, catalogue: catalogue) }
    }

    mutating func pointRules(_ rules: [WirePointRule], _ path: String) -> [PointRule] {
        rules.enumerated().compactMap { index, rule in pointRule(rule, "\(path)[\(index)]") }
    }

    private mutating func pointRule(_ rule: WirePointRule, _ path: String) -> PointRule? {
        let catalogue = catalogue
        return collect { () throws(CriteriaFaults) in
            let when = try Criteria(rule.when, path: "\(path).when")
            return try PointRule(
                id: rule.id, points: rule.points, when: when, category: rule.category, catalogue: catalogue)
        }
    }

    /// Those of properties, and those of what leads do; paths are those of the section.
    mutating func rules(
        _ rules: [WirePointRule], _ group: PointGroup
    ) -> (properties: [PointRule], events: [EngagementRule]) {
        var properties: [PointRule] = []
        var events: [EngagementRule] = []
        for (index, rule) in rules.enumerated() {
            let path = "scoring.\(group.rawValue)[\(index)]"
            if rule.event.isEmpty {
                if let rule = pointRule(rule, path) { properties.append(rule) }
            } else {
                if let rule = engagementRule(WireEngagementRule(rule), path, group) { events.append(rule) }
            }
        }
        return (properties, events)
    }

    mutating func engagementRules(_ rules: [WireEngagementRule]) -> [EngagementRule] {
        rules.enumerated().compactMap { index, rule in
            engagementRule(rule, "scoring.engagement[\(index)]", .engagement)
        }
    }

    private mutating func engagementRule(
        _ rule: WireEngagementRule, _ path: String, _ group: PointGroup
    ) -> EngagementRule? {
        guard let repeats = repeats(rule, path), let decay = decay(rule, path) else { return nil }
        let catalogue = catalogue
        return collect { () throws(CriteriaFaults) in
            let filter = rule.hasWhere ? try Criteria(rule.where, path: "\(path).where") : nil
            return try EngagementRule(
                id: rule.id, group: group, category: rule.category, event: rule.event, points: rule.points,
                filter: filter, cap: rule.hasCap ? rule.cap : nil, repeats: repeats, decay: decay,
                catalogue: catalogue)
        }
    }

    private mutating func repeats(_ rule: WireEngagementRule, _ path: String) -> EngagementRule.Repeat? {
        if rule.repeat.isEmpty { return .every }
        guard let repeats = EngagementRule.Repeat(rawValue: rule.repeat) else {
            fault("\(path).repeat", rule.repeat, "one of every once once_per_day")
            return nil
        }
        return repeats
    }

    private mutating func decay(_ rule: WireEngagementRule, _ path: String) -> EngagementRule.Decay? {
        switch rule.decay {
        case "", "none": return EngagementRule.Decay.none
        case "exponential":
            return span(rule.halfLife, "\(path).half_life").map(EngagementRule.Decay.exponential(halfLife:))
        case "linear": return span(rule.window, "\(path).window").map(EngagementRule.Decay.linear(window:))
        default:
            fault("\(path).decay", rule.decay, "one of exponential linear none")
            return nil
        }
    }

    private mutating func span(_ text: String, _ path: String) -> TimeSpan? {
        guard let span = TimeSpan(text: text), span.microseconds > 0 else {
            fault(path, text.isEmpty ? "nothing" : text, "a duration such as 14d")
            return nil
        }
        return span
    }

    mutating func settings(_ section: WireScoringSection) -> ScoringRules.Settings {
        var settings = ScoringRules.Settings()
        if section.hasFitWeight { settings.fitWeight = section.fitWeight }
        if section.hasEngagementWeight { settings.engagementWeight = section.engagementWeight }
        if section.hasFloor { settings.floor = section.floor }
        if section.hasSituationCap { settings.situationCap = section.situationCap }
        if section.hasNegativesFloor { settings.negativesFloor = section.negativesFloor }
        if !section.lateAfter.isEmpty { settings.lateAfter = span(section.lateAfter, "scoring.late_after") }
        settings.identity = IdentityRule(section)
        settings.fitGrades = grades(section.fitGrades, "scoring.fit_grades")
        settings.engagementGrades = grades(section.engagementGrades, "scoring.engagement_grades")
        return settings
    }

    private mutating func grades(_ steps: [Double], _ path: String) -> GradeSteps {
        if steps.isEmpty { return GradeSteps() }
        guard steps.count == 3 else {
            fault(path, "\(steps.count) steps", "three: points from which a lead has the first, second, third grade")
            return GradeSteps()
        }
        return GradeSteps(steps[0], steps[1], steps[2])
    }

    mutating func contextParts(_ names: [String]) -> [ContextPart] {
        names.enumerated().compactMap { index, name in
            let part = ContextPart(rawValue: name)
            if part == nil {
                let known = ContextPart.allCases.map(\.rawValue).joined(separator: " ")
                fault("scoring.context_packet[\(index)]", name, "one of \(known)")
            }
            return part
        }
    }

    private mutating func collect<Value>(_ read: () throws(CriteriaFaults) -> Value) -> Value? {
        do throws(CriteriaFaults) {
            return try read()
        } catch {
            faults += error.violations
            return nil
        }
    }

    private mutating func fault(_ path: String, _ found: String, _ expected: String) {
        faults.append(WireFieldViolation(path, found: found, expected: expected))
    }
}
