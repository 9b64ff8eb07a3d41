/// A demand state as the company names, defines and owns it.
public struct StageDefinition: Hashable, Sendable {
    public var kind: StageKind
    public var name: String
    public var definition: String
    public var owner: StageOwner?

    static let known = ["kind", "name", "definition", "owner"]

    init(_ reader: SectionReader) {
        kind = reader.choice("kind", default: .unknown, required: true)
        name = reader.text("name", default: kind.rawValue)
        definition = reader.text("definition")
        owner = reader.has("owner") ? reader.choice("owner", default: .marketing) : nil
    }

    var tree: Tree {
        .fields([
            ("kind", .text(kind.rawValue)), ("name", .text(name)), ("definition", .text(definition)),
            ("owner", owner.map { .text($0.rawValue) }),
        ])
    }
}

/// The canonical demand states.
public enum StageKind: String, Sendable, CaseIterable {
    case unknown, inquiry, engaged, mql, sal, sql, opportunity, customer, nurture, disqualified, lost
}

public enum StageOwner: String, Sendable, CaseIterable {
    case marketing, sales
}

/// A piece of content and the demand state it is made for.
public struct ContentAsset: Hashable, Sendable {
    public var id: String
    public var name: String
    public var stage: StageKind?

    static let known = ["id", "name", "stage"]

    init(_ reader: SectionReader) {
        id = reader.id()
        name = reader.text("name", default: id)
        stage = reader.has("stage") ? reader.choice("stage", default: .unknown) : nil
    }

    var tree: Tree {
        .fields([("id", .text(id)), ("name", .text(name)), ("stage", stage.map { .text($0.rawValue) })])
    }
}
