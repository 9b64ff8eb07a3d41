import Criteria

/// The agreement between sales and marketing: what ``read(_:limits:)`` returns has passed every check.
public struct Agreement: Hashable, Sendable {
    /// The whole document with its defaults written out: what is signed, diffed and told to the other services.
    ///
    /// Its names and its shape are those of `agreement.proto`.
    public let tree: Tree

    static let shape = PartShape(
        "The agreement between sales and marketing: one document, versioned, signed for both sides.",
        [
            .required("name", .text(.plain), "The company or the part of it that agrees."),
            .standard("currency", .text(.currency), .text("USD"), "ISO 4217; the currency of reports and of criteria."),
            .standard("zone", .text(.zone), .text("UTC"), "IANA zone of reports."),
            .optional(
                "fields", .parts(customField, by: "name"),
                "Fields of the company's own: criteria may name them custom.<name>."),
            .section("icp", IcpSection.shape),
            .section("stages", StagesSection.shape),
            .section("scoring", ScoringSection.shape),
            .optional("routing", .part(RoutingSection.shape), RoutingSection.shape.about),
            .section("sla", SlaSection.shape),
            .section("attribution", AttributionSection.shape),
            .section("targets", TargetsSection.shape),
            .section("content", ContentSection.shape),
            .section("reviews", ReviewsSection.shape),
        ])

    private static let customField = PartShape(
        "A field of the company's own.",
        [
            .required("name", .text(.fieldName), "Without the custom."),
            .required("type", .words(FieldType.self), "What its values are."),
            .optional("description", .text(.plain), "What it says."),
        ])

    /// The fields that criteria may name.
    static func catalogue(of root: Part) -> FieldCatalogue {
        FieldCatalogue(
            custom: root.parts("fields").compactMap { field in
                FieldType(rawValue: field.text("type")).map { (field.text("name"), $0) }
            })
    }
}
