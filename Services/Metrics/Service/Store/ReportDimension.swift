/// What a report on leads can be split by: the name a caller uses, and the column.
struct ReportDimension: Sendable {
    let name: String
    let expression: String

    static let none = ReportDimension(name: "", expression: "''")

    /// `rep` and `team` are those of the latest handoff, `agreement_version` is the version that the lead was first
    /// scored under.
    static let ofLeads: [ReportDimension] =
        ["source", "channel", "campaign", "segment", "tier", "motion", "territory", "industry", "country", "team"]
        .map { ReportDimension(name: $0, expression: "lead.\($0)") } + [
            ReportDimension(name: "rep", expression: "lead.rep_id"),
            ReportDimension(
                name: "agreement_version",
                expression: "CASE lead.first_version WHEN 0 THEN '' ELSE CAST(lead.first_version AS TEXT) END"),
        ]

    /// `rep` and `team` are those that the timer ran for, `agreement_version` is the timer's.
    static let ofTimers: [ReportDimension] =
        ["segment", "motion", "source", "tier", "territory"]
        .map { ReportDimension(name: $0, expression: "lead.\($0)") } + [
            ReportDimension(name: "rep", expression: "timer.rep_id"),
            ReportDimension(name: "team", expression: "timer.team"),
            ReportDimension(name: "agreement_version", expression: "CAST(timer.agreement_version AS TEXT)"),
        ]

    /// Where the deal itself is silent, what is known of its lead counts.
    static let ofDeals = [
        ReportDimension(name: "source", expression: "coalesce(nullif(deal.source, ''), lead.source)"),
        ReportDimension(name: "team", expression: "coalesce(nullif(deal.team, ''), lead.team)"),
        ReportDimension(name: "rep", expression: "coalesce(nullif(deal.rep_id, ''), lead.rep_id)"),
        ReportDimension(name: "stage", expression: "deal.stage"),
    ]

    static let ofTouches = [
        ReportDimension(name: "channel", expression: "touch.channel"),
        ReportDimension(name: "campaign", expression: "touch.campaign"),
        ReportDimension(name: "content", expression: "touch.content_id"),
        ReportDimension(name: "source", expression: "coalesce(lead.source, '')"),
    ]
}
