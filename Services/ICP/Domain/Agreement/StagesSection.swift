/// What our words mean.
enum StagesSection {
    static let shape = PartShape(
        "What our words mean: the demand states as the company names, defines and owns them.",
        [.optional("definitions", .parts(definition, by: "kind"), "One entry a state.")])

    private static let definition = PartShape(
        "A demand state.",
        [
            .required("kind", .words(StageKind.self), "The canonical state."),
            FieldShape(name: "name", shape: .text(.plain), need: .same("kind"), about: "What it is called here."),
            .optional("definition", .text(.plain), "What has to be true of a lead in it."),
            .optional("owner", .words(Side.self), "Who works leads in it."),
            .optional("trigger", .text(.plain), "What moves a lead into it, such as: discovery call booked."),
        ])
}

/// The canonical demand states.
enum StageKind: String, CaseIterable {
    case unknown, inquiry, engaged, mql, sal, sql, opportunity, customer, nurture, disqualified, lost
}

enum Side: String, CaseIterable {
    case marketing, sales
}
