import Criteria

/// Who we sell to.
enum IcpSection {
    static let shape = PartShape(
        "Who we sell to. Without tiers, every account is without one.",
        [
            .optional(
                "tiers", .parts(tier, by: "name"),
                "Best first. An account is in the first tier whose requires holds and whose at_least it reaches."),
            .optional(
                "criteria", .parts(criterion, by: "id"),
                "An account's ICP score is 100 x the weight of the satisfied criteria / the weight of all."),
        ])

    private static let tier = PartShape(
        "A class of accounts.",
        [
            .required("name", .text(.id), "Such as A."),
            .standard("at_least", .number(0...100), .number(0), "The ICP score from which an account is in it."),
            .optional("requires", .criteria(.company), "What has to hold besides."),
            .optional("description", .text(.plain), "Whom it stands for."),
        ])

    private static let criterion = PartShape(
        "One property of the ideal customer.",
        [
            .required("id", .text(.id), "Its name in reasons and diffs."),
            .required("weight", .points(0...1_000_000), "How much it counts."),
            .required("when", .criteria(.company), "When an account has it."),
        ])
}
