/// Says a change as people would.
enum ChangeWording {
    static func change(_ path: [PathStep], _ before: Tree?, _ after: Tree?) -> AgreementChange {
        let old = text(before, path)
        let new = text(after, path)
        return AgreementChange(
            section: section(of: path), path: path.text, before: old, after: new,
            sentence: sentence(path, before, after, old, new))
    }

    static func reordered(_ path: [PathStep], _ before: [String], _ after: [String]) -> AgreementChange {
        let old = before.joined(separator: ", ")
        let new = after.joined(separator: ", ")
        return AgreementChange(
            section: section(of: path), path: path.text, before: old, after: new,
            sentence: "the order of \(listNames[path.text]?.many ?? path.text) is now \(new)")
    }

    private static func section(of path: [PathStep]) -> String {
        if case .field(let name)? = path.first, path.count > 1 { name } else { "agreement" }
    }

    /// What a list holds, by its path.
    private static let listNames: [String: (one: String, many: String)] = [
        "fields": ("custom field", "custom fields"), "icp.tiers": ("tier", "tiers"),
        "icp.criteria": ("ICP criterion", "ICP criteria"), "stages.definitions": ("stage", "stages"),
        "scoring.fit": ("fit rule", "fit rules"), "scoring.engagement": ("engagement rule", "engagement rules"),
        "scoring.situation": ("situation rule", "situation rules"),
        "scoring.negatives": ("negative rule", "negative rules"),
        "routing.rules": ("routing rule", "routing rules"),
        "routing.rejection_reasons": ("rejection reason", "rejection reasons"),
        "sla.calendars": ("calendar", "calendars"), "sla.timers": ("timer", "timers"),
        "content.assets": ("content", "content"),
    ]

    /// Single values with a name of their own.
    private static let valueNames = [
        "name": "name", "currency": "currency", "zone": "time zone of reports",
        "scoring.qualification.threshold": "MQL threshold", "scoring.qualification.minimum_fit": "fit an MQL needs",
        "scoring.qualification.minimum_engagement": "engagement an MQL needs",
        "scoring.qualification.hand_raisers": "hand raisers", "scoring.qualification.hysteresis": "MQL hysteresis",
        "scoring.floor": "lowest score", "scoring.fit_weight": "weight of fit",
        "scoring.engagement_weight": "weight of engagement", "scoring.context_packet": "context packet",
        "routing.fallback_pool": "fallback pool", "attribution.model": "attribution model",
        "attribution.window": "attribution window", "targets.acceptance_rate": "acceptance target",
        "targets.mql_to_sql": "MQL to SQL target", "reviews.interval": "review interval",
    ]

    private static func sentence(
        _ path: [PathStep], _ before: Tree?, _ after: Tree?, _ old: String, _ new: String
    ) -> String {
        guard let split = path.lastIndex(where: { if case .part = $0 { true } else { false } }),
            case .part(let key) = path[split], let names = listNames[Array(path[..<split]).text]
        else { return arrow(valueNames[path.text] ?? path.text, old, new) }
        let subject = "\(names.one) \(key)"
        let rest = Array(path[(split + 1)...])
        if rest.isEmpty {
            if before == nil { return "new \(subject): \(new)" }
            return after == nil ? "\(subject) is gone (was: \(old))" : "\(subject): \(old) -> \(new)"
        }
        return part(rest.text, of: subject, before, after, old, new)
    }

    private static func part(
        _ field: String, of subject: String, _ before: Tree?, _ after: Tree?, _ old: String, _ new: String
    ) -> String {
        switch field {
        case "requires":
            if before == nil { return "\(subject) now also needs \(new)" }
            return after == nil ? "\(subject) no longer needs \(old)" : "\(subject) needs \(new) (was: \(old))"
        case "at_least": return arrow("\(subject) from score", old, new)
        case "when": return "\(subject) now holds when \(new) (was: \(old))"
        case "where": return "\(subject) now counts where \(new.isEmpty ? "anything" : new)"
        case "pool", "rep": return arrow("\(subject) goes to \(field)", old, new)
        default: return arrow("\(subject) \(field.replacing("_", with: " "))", old, new)
        }
    }

    private static func arrow(_ subject: String, _ old: String, _ new: String) -> String {
        "\(subject) \(old.isEmpty ? "none" : old) -> \(new.isEmpty ? "none" : new)"
    }

    /// A value in words: criteria as a sentence, a rule by what matters of it.
    private static func text(_ tree: Tree?, _ path: [PathStep]) -> String {
        guard let tree else { return "" }
        if path.isCriteria { return CriteriaText.text(tree) }
        guard case .map(let entries) = tree else { return tree.summary }
        let shown = entries.filter { !["id", "code", "name"].contains($0.key) }
        return shown.map { entry in
            switch entry.key {
            case "when", "where", "requires": "\(entry.key) \(CriteriaText.text(entry.value))"
            default: "\(entry.key.replacing("_", with: " ")) \(entry.value.summary)"
            }
        }.joined(separator: ", ")
    }
}
