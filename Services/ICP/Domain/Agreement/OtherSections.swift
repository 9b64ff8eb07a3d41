/// How credit is shared.
enum AttributionSection {
    static let shape = PartShape(
        "How credit is shared.",
        rules: [.only("weights", with: "model", being: AttributionModel.position.rawValue, required: false)],
        [
            .standard("model", .words(AttributionModel.self), .text("linear"), "The agreed model."),
            .standard("window", .text(.duration), .text("90d"), "How far back a touch counts."),
            .section("weights", weights),
        ])

    private static let weights = PartShape(
        "Of the position model: shares of the credit by the place of a touch on its path; they add up to 1.",
        [
            .standard("first", .number(0...1), .number(0.4), "Of the first touch."),
            .standard("middle", .number(0...1), .number(0.2), "Of all touches between, in equal parts."),
            .standard("last", .number(0...1), .number(0.4), "Of the last touch."),
        ])
}

enum AttributionModel: String, CaseIterable {
    case first, last, linear, position
}

/// What both sides aim for.
enum TargetsSection {
    static let shape = PartShape(
        "What both sides aim for.",
        [
            .standard("acceptance_rate", share, .number(0.7), "Share of handoffs that sales accepts."),
            .optional("mql_to_sql", share, "Share of MQLs that become SQLs."),
            .optional("revenue_per_quarter", .part(money), "Revenue per quarter."),
            .optional("pipeline_per_quarter", .part(money), "New pipeline per quarter."),
            .optional(
                "pipeline_coverage", .number(0...100), "Open pipeline as a multiple of the revenue target."),
            .optional("qualified_leads_per_quarter", .whole(0...1_000_000_000), "Marketing qualified leads."),
            .optional("lead_to_opportunity", share, "Share of leads that become an opportunity."),
            .optional("win_rate", share, "Share of decided opportunities that are won."),
            .optional("followed_up_within_24h", share, "Share of handoffs that are followed up within 24 hours."),
            .optional("feedback_completion", share, "Share of handoffs on which sales gives feedback."),
            .optional("context_completeness", share, "Share of handoffs with every part of the context packet."),
            .optional("content_use", share, "Share of content that sales uses."),
        ])

    private static let share = Shape.number(0...1)

    private static let money = PartShape(
        "An amount of money.",
        [
            // What a number of JSON holds exactly.
            .required("minor_units", .whole(0...9_007_199_254_740_991), "Cents, say."),
            .required("currency", .text(.currency), "ISO 4217."),
        ])
}

/// What marketing makes and sales uses.
enum ContentSection {
    static let shape = PartShape(
        "What marketing makes and sales uses.",
        [.optional("assets", .parts(asset, by: "id"), "Pieces of content.")])

    private static let asset = PartShape(
        "A piece of content.",
        [
            .required("id", .text(.id), "As engagement names it (content_id)."),
            FieldShape(name: "name", shape: .text(.plain), need: .same("id"), about: "What it is called."),
            .optional("stage", .words(StageKind.self), "The demand state it is made for."),
            .optional("url", .text(.link), "Where it is."),
            .optional("owner", .words(Side.self), "Who keeps it up to date."),
        ])
}

/// How often each section is looked at again.
public enum ReviewsSection {
    /// What is looked at again.
    public static let sections = ["icp", "stages", "scoring", "routing", "sla", "attribution", "targets", "content"]

    static let shape = PartShape(
        "How often each section is looked at again.",
        [
            .standard("interval", .text(.duration), .text("90d"), "How long a section holds without a review."),
            .optional("intervals", .part(intervals), "By section, where it differs."),
            .optional(
                "participants", .list(ListShape(of: .text(.plain), isDistinct: true)),
                "Who has to be there: people or roles."),
        ])

    private static let intervals = PartShape(
        "How long each section holds without a review.",
        sections.map {
            .optional($0, .text(.duration), "Of \($0).")
        })
}
