/// What a change is about, in the words of the business.
struct Subject {
    private let path: [PathStep]
    /// The field's path behind the last part of a list, such as `half_life`; of a value of a section, all of it.
    let field: String
    /// The part of a list that it belongs to, such as `timer accept`; empty for a value of a section.
    let owner: String
    /// The path without keys.
    private let pattern: String

    init(_ path: [PathStep]) {
        self.path = path
        var pattern: [String] = []
        var owners: [String] = []
        var rest: [String] = []
        for step in path {
            switch step {
            case .field(let name):
                pattern.append(name)
                rest.append(name)
            case .part(let key):
                let list = pattern.joined(separator: ".")
                owners.append("\(Self.lists[list]?.one ?? Self.plain(rest.last ?? "part")) \(key)")
                rest = []
            }
        }
        self.pattern = pattern.joined(separator: ".")
        owner = owners.joined(separator: ", ")
        field = rest.joined(separator: ".")
    }

    /// Whether it is a part of a list as a whole.
    var isWholePart: Bool { field.isEmpty && !owner.isEmpty }

    /// Whether the first of its list decides.
    var isOrdered: Bool { ["routing.rules", "icp.tiers"].contains(pattern) }

    /// Whether it belongs to a rule that has either `when` or `event`.
    var isOfPropertyOrEvent: Bool {
        ["scoring.situation.", "scoring.negatives."].contains { pattern.hasPrefix($0) }
    }

    var text: String {
        if owner.isEmpty { return Self.values[pattern] ?? reviewed ?? Self.plain(pattern) }
        return field.isEmpty ? owner : "\(owner) \(Self.fields[field] ?? Self.plain(field))"
    }

    /// A review interval of one section.
    private var reviewed: String? {
        let intervals = "reviews.intervals."
        return pattern.hasPrefix(intervals) ? "review interval of \(pattern.dropFirst(intervals.count))" : nil
    }

    /// Of a list: what it holds.
    var plural: String { Self.lists[pattern]?.many ?? text }

    /// `on_breach` as `on breach`, `revenue_per_quarter.currency` as `revenue per quarter: currency`.
    private static func plain(_ name: String) -> String {
        name.replacing("_", with: " ").replacing(".", with: ": ")
    }

    /// What a list holds, by its path.
    private static let lists: [String: (one: String, many: String)] = [
        "fields": ("custom field", "custom fields"), "icp.tiers": ("tier", "tiers"),
        "icp.criteria": ("ICP criterion", "ICP criteria"), "stages.definitions": ("stage", "stages"),
        "scoring.fit": ("fit rule", "fit rules"), "scoring.engagement": ("engagement rule", "engagement rules"),
        "scoring.situation": ("situation rule", "situation rules"),
        "scoring.negatives": ("negative rule", "negative rules"),
        "scoring.kinds": ("kind of engagement", "kinds of engagement"),
        "scoring.categories": ("category", "categories"),
        "routing.rules": ("routing rule", "routing rules"),
        "routing.rejection_reasons": ("rejection reason", "rejection reasons"),
        "sla.calendars": ("calendar", "calendars"), "sla.timers": ("timer", "timers"),
        "sla.calendars.exceptions": ("exception of", "exceptions"), "content.assets": ("content", "content"),
        "routing.pools": ("pool", "pools"), "scoring.webhooks": ("webhook", "webhooks"),
        "scoring.webhooks.kinds": ("word", "words"), "scoring.webhooks.attributes": ("attribute", "attributes"),
    ]

    /// Fields of parts whose own names do not read well.
    private static let fields = ["at_least": "from score", "pool": "goes to pool", "rep": "goes to rep"]

    /// Single values with a name of their own.
    private static let values = [
        "zone": "time zone of reports", "scoring.qualification.threshold": "MQL threshold",
        "scoring.qualification.minimum_fit": "fit an MQL needs",
        "scoring.qualification.minimum_engagement": "engagement an MQL needs",
        "scoring.qualification.hand_raisers": "hand raisers", "scoring.qualification.hysteresis": "MQL hysteresis",
        "scoring.late_after": "lateness from which engagement does not count",
        "scoring.situation_cap": "most that situation gives", "scoring.negatives_floor": "lowest of all negatives",
        "scoring.floor": "lowest score", "scoring.fit_weight": "weight of fit",
        "scoring.engagement_weight": "weight of engagement", "scoring.context_packet": "context packet",
        "scoring.fit_grades": "fit grades from", "scoring.engagement_grades": "engagement grades from",
        "routing.fallback_pool": "fallback pool", "attribution.model": "attribution model",
        "attribution.window": "attribution window", "targets.acceptance_rate": "acceptance target",
        "targets.mql_to_sql": "MQL to SQL target", "reviews.interval": "review interval",
        "attribution.weights.first": "weight of the first touch",
        "attribution.weights.middle": "weight of middle touches",
        "attribution.weights.last": "weight of the last touch",
        "targets.revenue_per_quarter.minor_units": "revenue target of a quarter in minor units",
        "targets.revenue_per_quarter.currency": "currency of the revenue target",
        "targets.pipeline_per_quarter.minor_units": "pipeline target of a quarter in minor units",
        "targets.pipeline_per_quarter.currency": "currency of the pipeline target",
        "targets.qualified_leads_per_quarter": "MQL target of a quarter",
        "targets.lead_to_opportunity": "lead to opportunity target", "targets.win_rate": "win rate target",
        "targets.followed_up_within_24h": "target of follow-up within 24 hours",
        "targets.feedback_completion": "target of feedback from sales",
        "targets.context_completeness": "target of complete context packets",
        "targets.content_use": "target of content that sales uses",
        "scoring.calibration.minimum_leads": "leads that a calibration needs",
        "scoring.calibration.minimum_outcomes": "outcomes that a calibration needs",
        "reviews.participants": "people at reviews",
    ]
}
