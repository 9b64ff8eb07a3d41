/// The fields of each kind of record that a mapping may fill, spelled as in the contracts.
enum RecordFields {
    static func names(of kind: ImportKind) -> Set<String> {
        switch kind {
        case .leads:
            [
                "lead_id", "source", "channel", "campaign", "motion", "segment", "territory", "created_at",
                "person.name", "person.email", "person.phone", "person.title", "person.seniority", "person.department",
                "person.country", "person.language", "company.account_id", "company.name", "company.domain",
                "company.industry", "company.employees", "company.annual_revenue", "company.country", "company.region",
                "company.city", "company.technologies", "company.signals",
            ]
        case .engagements:
            ["engagement_id", "lead_id", "kind", "channel", "campaign", "content_id", "occurred_at"]
        case .accounts:
            [
                "account_id", "name", "domains", "industry", "employees", "annual_revenue", "country", "region", "city",
                "technologies", "signals", "parent_id",
            ]
        case .opportunities:
            [
                "opportunity_id", "lead_id", "account_id", "stage", "outcome", "amount", "list_value", "opened_at",
                "closed_at", "source", "rep_id", "team",
            ]
        case .touches:
            [
                "touch_id", "lead_id", "account_id", "channel", "campaign", "content_id", "kind", "occurred_at", "cost",
            ]
        }
    }

    static func required(of kind: ImportKind) -> [String] {
        switch kind {
        case .leads: ["lead_id"]
        case .engagements: ["engagement_id", "lead_id", "kind", "occurred_at"]
        case .accounts: ["account_id", "name"]
        case .opportunities: ["opportunity_id", "outcome"]
        case .touches: ["touch_id", "lead_id", "channel", "occurred_at"]
        }
    }

    /// Names that go on freely behind these are fields too.
    static func openPrefixes(of kind: ImportKind) -> [String] {
        switch kind {
        case .leads, .accounts: ["custom."]
        case .engagements: ["attributes."]
        case .opportunities: ["dimensions."]
        case .touches: []
        }
    }
}
