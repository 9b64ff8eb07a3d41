import Criteria

/// How a lead is scored and when it is qualified.
enum ScoringSection {
    static let shape = PartShape(
        "How a lead is scored: score = fit_weight x fit + engagement_weight x engagement + situation + negatives, never "
            + "below the floor.",
        [
            .optional("fit", .parts(fitRule), "Who they are; 0 to 100 points in all."),
            .optional("engagement", .parts(engagementRule), "What they did; 0 to 100 points in all."),
            .optional("situation", .parts(situationRule), "Timing and budget, on top of fit and engagement."),
            .optional("negatives", .parts(negativeRule), "Points below zero, for properties and for what a lead does."),
            .standard("fit_weight", .number(0...1), .number(0.5), "How much fit counts."),
            .standard("engagement_weight", .number(0...1), .number(0.5), "How much engagement counts."),
            .standard("floor", .number(-100...100), .number(0), "The lowest score there is."),
            .section("qualification", qualification),
            .standard("fit_grades", grades, steps, "Points from which a lead has fit grade A, B, C; below it is D."),
            .standard(
                "engagement_grades", grades, steps,
                "Points from which a lead has engagement grade 1, 2, 3; below it is 4."),
            .optional(
                "context_packet", .list(ListShape(of: .words(ContextPart.self), isDistinct: true)),
                "Parts that must travel with a handoff; one that lacks a part is flagged incomplete."),
            .section("calibration", calibration),
            .optional(
                "webhooks", .list(ListShape(of: .part(WebhookSection.mapping), key: "id", most: 50)),
                "Tools that cannot speak RPC and tell of engagement by signed webhook."),
            .optional(
                "kinds", .parts(kind, by: "kind"),
                "Kinds of engagement that are told apart. Where any are declared, scoring names no others, and engagement "
                    + "of others is kept and reported."),
            .optional(
                "late_after", .text(.duration),
                "Engagement that arrives later than this after it happened is kept and reported, but gives no points; "
                    + "absent means no bound."),
            .optional("categories", .parts(category), "What rules of one category give together can be capped."),
            .optional("situation_cap", .number(0...100), "The most that situation gives in all; absent means no cap."),
            .optional(
                "negatives_floor", .number(-100...0),
                "The lowest that negatives come to in all, so that they never sink a lead for ever; absent means no floor."
            ),
            .section("identity", identity),
        ])

    private static let identity = PartShape(
        "Which leads are one without anyone saying so. Those that share an id in another system always are.",
        [
            .standard(
                "same_email", .words(SameEmail.self), .text("keep"),
                "What becomes of leads of one e-mail address: they are made one, or stay as they are."),
            .optional(
                "shared_mailboxes", .list(ListShape(of: .text(.id), isDistinct: true)),
                "What stands before the @ where several people read it: such addresses make no leads one; absent means "
                    + "the usual ones, such as info and sales."),
        ])

    private static let calibration = PartShape(
        "How much history a calibration needs: with less it refuses.",
        [
            .standard("minimum_leads", .whole(20...1_000_000), .number(200), "Leads whose outcome is known."),
            .standard(
                "minimum_outcomes", .whole(5...1_000_000), .number(50),
                "Of these, with the outcome, and as many without."),
        ])

    private static let grades = Shape.list(ListShape(of: .number(0...100), least: 3, most: 3))
    private static let steps = Tree.numbers([75, 50, 25])

    private static let kind = PartShape(
        "A kind of engagement.",
        [
            .required("kind", .text(.id), "Such as webinar_attended, as it is recorded."),
            .optional("description", .text(.plain), "What it says."),
        ])

    private static let category = PartShape(
        "Rules that belong together, such as those about the website.",
        [
            .required("id", .text(.id), "What rules name it by."),
            .optional(
                "cap", .number(0...100),
                "The most that its rules of fit give together, and apart from them those of engagement; absent means no cap."
            ),
            .optional("description", .text(.plain), "What it says."),
        ])

    private static let id = FieldShape.required(
        "id", .text(.id), "Its name in ledgers and diffs; no other scoring rule has it.")
    private static let ruleCategory = FieldShape.optional(
        "category", .text(.plain), "Such as web or events; where categories are declared, one of them.")

    private static let fitRule = PartShape(
        "Points for a property.",
        [
            id, .required("points", .points(0...100), "What it gives where it holds."),
            .required("when", .criteria(.lead), "When it holds; unknown is not enough."), ruleCategory,
        ])
    private static let situationRule = eitherRule("Points for timing or budget.", -100...100)
    private static let negativeRule = eitherRule("Points that are taken.", -100...0)

    /// For a property, or for what a lead does.
    private static func eitherRule(_ about: String, _ range: ClosedRange<Double>) -> PartShape {
        PartShape(
            about,
            rules: [
                .exactlyOne(["when", "event"]), .needs("where", "event"), .needs("cap", "event"),
                .needs("repeat", "event"), .needs("decay", "event"), .needs("half_life", "decay"),
                .needs("window", "decay"),
            ] + decayRules,
            [
                id, .required("points", .points(range), "What it gives where it holds, or for one engagement."),
                .optional("when", .criteria(.lead), "Of a property: when it holds; unknown is not enough."),
                .optional("event", .text(.id), "Of what a lead does: the kind of engagement, such as unsubscribed."),
                .optional("where", .criteria(.engagement), "Which engagements count; absent means every one."),
                .optional(
                    "cap", .number(0...100),
                    "The most it gives after decay, or takes where its points are below zero; absent means no cap."),
                .optional(
                    "repeat", .words(RepeatPolicy.self), "Which of several engagements count; every one by default."),
                .optional(
                    "decay", .words(DecayKind.self), "How points fade with the engagement's age; not by default."),
            ] + decayFields)
    }

    private static let decayRules: [PartRule] = [
        .only("half_life", with: "decay", being: DecayKind.exponential.rawValue, required: true),
        .only("window", with: "decay", being: DecayKind.linear.rawValue, required: true),
    ]

    private static let decayFields = [
        FieldShape.optional("half_life", .text(.duration), "Of exponential decay: after it, half is left."),
        .optional("window", .text(.duration), "Of linear decay: after it, nothing is left."),
    ]

    private static let engagementRule = PartShape(
        "Points for something a lead does.", rules: decayRules,
        [
            id, .required("event", .text(.id), "The kind of engagement, such as webinar_attended."),
            .required("points", .points(0...100), "What one engagement gives."),
            .optional("where", .criteria(.engagement), "Which engagements count; absent means every one."),
            .optional("cap", .number(0...100), "The most it contributes after decay; absent means no cap."),
            .standard("repeat", .words(RepeatPolicy.self), .text("every"), "Which of several engagements count."),
            .standard("decay", .words(DecayKind.self), .text("none"), "How points fade with the engagement's age."),
        ] + decayFields + [ruleCategory])

    private static let qualification = PartShape(
        "When a lead is an MQL.",
        [
            .standard("threshold", .number(0...100), .number(60), "The score from which a lead is an MQL."),
            .standard("minimum_fit", .number(0...100), .number(0), "The fit that an MQL needs: an MQL fits the ICP."),
            .standard("minimum_engagement", .number(0...100), .number(0), "The engagement that an MQL needs."),
            .optional(
                "hand_raisers", .list(ListShape(of: .text(.id), isDistinct: true)),
                "Kinds of engagement that qualify a lead at once."),
            .standard(
                "hysteresis", .number(0...100), .number(0),
                "How far below the threshold the score has to fall before the lead can qualify again."),
        ])
}

/// How often the same kind of engagement counts.
enum RepeatPolicy: String, CaseIterable {
    case every, once
    case oncePerDay = "once_per_day"
}

/// What becomes of leads of one e-mail address.
enum SameEmail: String, CaseIterable {
    case merge, keep
}

/// How points fade.
enum DecayKind: String, CaseIterable {
    case exponential, linear, none
}

/// A part of the context packet.
enum ContextPart: String, CaseIterable {
    case contact, firmographics, technographics
    case engagementHistory = "engagement_history"
    case behaviouralSignals = "behavioural_signals"
    case score, touches
}
