public import Criteria

/// The agreement between sales and marketing, valid by its type: what ``read(_:)`` returns has passed every check.
///
/// Names are those of the document and of `agreement.proto`. What the document leaves out has its default here.
public struct Agreement: Hashable, Sendable {
    public var name: String
    /// ISO 4217; default `USD`.
    public var currency = "USD"
    /// IANA; default `UTC`.
    public var zone = "UTC"
    public var fields: [CustomField] = []
    public var icp = IcpSection()
    public var stages: [StageDefinition] = []
    public var scoring = ScoringSection()
    public var routing = RoutingSection()
    public var sla = SlaSection()
    public var attribution = AttributionSection()
    public var targets = TargetsSection()
    /// Pieces of content.
    public var content: [ContentAsset] = []
    public var reviews = ReviewsSection()

    static let known = [
        "name", "currency", "zone", "fields", "icp", "stages", "scoring", "routing", "sla", "attribution", "targets",
        "content", "reviews",
    ]

    init(_ reader: SectionReader) {
        name = reader.text("name", required: true)
        currency = reader.text("currency", default: currency)
        zone = reader.text("zone", default: zone)
        fields = reader.parts("fields", known: CustomField.known, unique: "name").map(CustomField.init)
        reader.part("icp", known: IcpSection.known).map { icp = IcpSection($0) }
        if let part = reader.part("stages", known: ["definitions"]) {
            stages = part.parts("definitions", known: StageDefinition.known, unique: "kind").map(StageDefinition.init)
        }
        reader.part("scoring", known: ScoringSection.known).map { scoring = ScoringSection($0) }
        reader.part("routing", known: RoutingSection.known).map { routing = RoutingSection($0) }
        reader.part("sla", known: SlaSection.known).map { sla = SlaSection($0) }
        reader.part("attribution", known: AttributionSection.known).map { attribution = AttributionSection($0) }
        reader.part("targets", known: TargetsSection.known).map { targets = TargetsSection($0) }
        if let part = reader.part("content", known: ["assets"]) {
            content = part.parts("assets", known: ContentAsset.known, unique: "id").map(ContentAsset.init)
        }
        reader.part("reviews", known: ReviewsSection.known).map { reviews = ReviewsSection($0) }
    }

    /// The whole document with its defaults written out: what is signed, diffed and told to the other services.
    public var tree: Tree {
        .fields([
            ("name", .text(name)), ("currency", .text(currency)), ("zone", .text(zone)),
            ("fields", .list(fields.map(\.tree))), ("icp", icp.tree),
            ("stages", .fields([("definitions", .list(stages.map(\.tree)))])), ("scoring", scoring.tree),
            ("routing", routing.tree), ("sla", sla.tree), ("attribution", attribution.tree),
            ("targets", targets.tree), ("content", .fields([("assets", .list(content.map(\.tree)))])),
            ("reviews", reviews.tree),
        ])
    }

    /// The fields that its criteria may name.
    public var catalogue: FieldCatalogue {
        FieldCatalogue(custom: fields.map { ($0.name, $0.type) })
    }
}

/// A field of the company's own, named `custom.<name>` by criteria.
public struct CustomField: Hashable, Sendable {
    public var name: String
    public var type: FieldType

    static let known = ["name", "type"]

    init(_ reader: SectionReader) {
        name = reader.text("name", required: true)
        type = reader.choice("type", default: .text, required: true)
    }

    var tree: Tree {
        .fields([("name", .text(name)), ("type", .text(type.rawValue))])
    }
}
