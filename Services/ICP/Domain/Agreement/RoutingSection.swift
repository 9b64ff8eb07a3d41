import Criteria

/// Who gets a lead.
enum RoutingSection {
    static let shape = PartShape(
        "Who gets a lead: the first rule that holds decides, then the fallback pool.",
        [
            .optional("rules", .parts(rule, by: "id"), "In order; the first that holds decides."),
            .required("fallback_pool", .text(.plain), "The pool of leads that no rule is about."),
            .optional(
                "rejection_reasons", .parts(reason, by: "code"), "What sales may say when it rejects a lead."),
            .optional(
                "pools", .parts(pool, by: "id"),
                "The pools that rules may name; Routing has their members. Absent means any."),
        ])

    private static let rule = PartShape(
        "Leads, and who gets them.",
        rules: [.exactlyOne(["pool", "rep"])],
        [
            .required("id", .text(.id), "Its name in traces and diffs."),
            .required("when", .criteria(.lead), "Which leads; unknown is not enough."),
            .optional("pool", .text(.plain), "The pool that gets them."),
            .optional("rep", .text(.plain), "The one rep who gets them."),
        ])

    private static let reason = PartShape(
        "A reason to reject a lead.",
        [
            .required("code", .text(.id), "Its name in handoffs and reports."),
            FieldShape(name: "description", shape: .text(.plain), need: .same("code"), about: "What it means."),
            .standard("then", .words(AfterRejection.self), .text("nurture"), "Where the lead goes."),
        ])

    private static let pool = PartShape(
        "A pool of reps.",
        [
            .required("id", .text(.plain), "As Routing has it."),
            .optional("name", .text(.plain), "What it is called."),
        ])
}

/// Where a rejected lead goes.
enum AfterRejection: String, CaseIterable {
    case nurture, reassign, close
}
