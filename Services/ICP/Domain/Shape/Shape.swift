import Criteria

/// What may stand in one place of a document, and what it means where nothing does.
///
/// The one description of an agreement: ``ShapeReader`` reads by it, ``SchemaWriter`` tells it to editors and
/// ``ReferenceWriter`` to people.
indirect enum Shape: Sendable {
    case text(TextForm)
    case number(ClosedRange<Double>)
    /// A number that is not 0.
    case points(ClosedRange<Double>)
    /// A whole number; as text too, since JSON of 64-bit integers is text.
    case whole(ClosedRange<Int64>)
    case choice([String])
    case criteria(CriteriaScope)
    case part(PartShape)
    case list(ListShape)

    static func words<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> Shape
    where Choice.RawValue == String {
        .choice(Choice.allCases.map(\.rawValue))
    }

    /// Parts told apart by one of their fields.
    static func parts(_ part: PartShape, by key: String? = nil) -> Shape {
        .list(ListShape(of: .part(part), key: key))
    }

    /// Maps and lists may be left empty: a heading with nothing below it says nothing.
    var holdsParts: Bool {
        switch self {
        case .part, .list: true
        case .text, .number, .points, .whole, .choice, .criteria: false
        }
    }
}

/// A list: what it is of, and how many.
struct ListShape: Sendable {
    var of: Shape
    /// The field in which no two parts have the same text.
    var key: String?
    /// No entry comes twice.
    var isDistinct = false
    var least = 0
    var most = 5_000
}

/// One field of a part.
struct FieldShape: Sendable {
    enum Need: Sendable {
        case required
        case optional
        /// Where it is absent it is this.
        case standard(Tree)
        /// Where it is absent it is the same as another field.
        case same(String)
    }

    let name: String
    let shape: Shape
    let need: Need
    /// A sentence for whoever writes the document.
    let about: String

    static func required(_ name: String, _ shape: Shape, _ about: String) -> FieldShape {
        FieldShape(name: name, shape: shape, need: .required, about: about)
    }

    static func optional(_ name: String, _ shape: Shape, _ about: String) -> FieldShape {
        FieldShape(name: name, shape: shape, need: .optional, about: about)
    }

    static func standard(_ name: String, _ shape: Shape, _ value: Tree, _ about: String) -> FieldShape {
        FieldShape(name: name, shape: shape, need: .standard(value), about: about)
    }

    /// A part whose fields have defaults of their own.
    static func section(_ name: String, _ part: PartShape) -> FieldShape {
        FieldShape(name: name, shape: .part(part), need: .standard(.map([])), about: part.about)
    }
}

/// What holds between the fields of a part.
enum PartRule: Sendable {
    case exactlyOne([String])
    case atLeastOne([String])
    /// A field stands only where another has a certain value; there it may be required.
    case only(_ field: String, with: String, being: String, required: Bool)
    /// A field stands only where another stands.
    case needs(_ field: String, _ other: String)
}

/// A map with fields by name; another name is a fault.
struct PartShape: Sendable {
    let about: String
    let fields: [FieldShape]
    var rules: [PartRule] = []

    init(_ about: String, rules: [PartRule] = [], _ fields: [FieldShape]) {
        self.about = about
        self.fields = fields
        self.rules = rules
    }

    var names: [String] { fields.map(\.name) }
}
