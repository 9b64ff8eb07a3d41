/// How tools tell of engagement by signed webhook.
enum WebhookSection {
    static let mapping = PartShape(
        "How the messages of one tool are read. Paths are names in its JSON with dots between them, such as "
            + "data.contact.id; numbers count in lists, from 0.",
        rules: [.exactlyOne(["event", "kind"]), .atLeastOne(["lead_id", "email"])],
        [
            .required("id", .text(.id), "Its messages come to /webhooks/ and this id."),
            .optional(
                "each", path,
                "Where the list is whose entries are engagements, and within which the other paths begin; absent means "
                    + "that the message itself is one."),
            .optional("lead_id", path, "Where the lead's id is: any that means it."),
            .optional(
                "email", path,
                "Where the lead's e-mail address is, by which it is found where there is no id: exactly one lead has to "
                    + "have it, and it is no shared mailbox."),
            .optional(
                "engagement_id", path,
                "Where the engagement's id is; absent means the message's own id, with the number of the entry where "
                    + "there is a list."),
            .optional("event", path, "Where the tool's word for what happened is."),
            .optional("kind", .text(.id), "The kind of engagement of all its messages."),
            .optional(
                "kinds", .list(ListShape(of: .part(kind), key: "event", most: 200)),
                "The kinds by the tool's words; where there are any, other words are ignored, and reported."),
            .optional(
                "occurred_at", path,
                "Where the moment is, in RFC 3339, or seconds or milliseconds since 1970; absent means the message's "
                    + "timestamp."),
            .optional("channel", path, "Where the channel is."),
            .optional("campaign", path, "Where the campaign is."),
            .optional("content_id", path, "Where the id of the content is."),
            .optional(
                "attributes", .list(ListShape(of: .part(attribute), key: "name", most: 100)),
                "What rules may ask of the engagement besides."),
        ])

    private static let kind = PartShape(
        "A kind of engagement for a word.",
        [
            .required("event", .text(.plain), "The tool's word, such as form.submitted."),
            .required("kind", .text(.id), "The kind of engagement."),
        ])

    private static let attribute = PartShape(
        "An attribute of the engagement.",
        [
            .required("name", .text(.id), "Its name, as rules ask for it."),
            .required("path", path, "Where its value is: a text, a number, true or false."),
        ])

    private static let path = Shape.text(.jsonPath)
}
