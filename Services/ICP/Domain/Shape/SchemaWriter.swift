import Criteria

extension Agreement {
    /// The JSON Schema (2020-12) of the file, for editors: it accepts all that ``read(_:limits:)`` accepts. What goes
    /// beyond shapes, such as whether a rule can ever hold, is checked by reading alone.
    public static var schema: String {
        let head = [
            Tree.Entry("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            Tree.Entry("$id", .text("urn:accord:agreement:1")), Tree.Entry("title", .text("Agreement")),
        ]
        guard case .map(let body) = SchemaWriter.schema(of: shape) else { return "" }
        let criteria = SchemaWriter.scopes.map {
            Tree.Entry($0.name, CriteriaSchema(scope: $0.scope, name: $0.name).tree)
        }
        return Tree.map(head + body + [Tree.Entry("$defs", .map(criteria))]).prettyJSON
    }
}

/// Tells shapes as JSON Schema.
enum SchemaWriter {
    static let scopes: [(scope: CriteriaScope, name: String)] = [
        (.lead, "criteria"), (.company, "company_criteria"), (.engagement, "engagement_criteria"),
    ]

    static func schema(of part: PartShape) -> Tree {
        var entries: [Tree.Entry] = [
            Tree.Entry("type", .text("object")), Tree.Entry("description", .text(part.about)),
            Tree.Entry("additionalProperties", .boolean(false)),
            Tree.Entry("properties", .map(part.fields.map { Tree.Entry($0.name, schema(of: $0)) })),
        ]
        let required = part.fields.filter { if case .required = $0.need { true } else { false } }.map(\.name)
        if !required.isEmpty { entries.append(Tree.Entry("required", .texts(required))) }
        let rules = part.rules.flatMap { schema(of: $0, in: part) }
        if !rules.isEmpty { entries.append(Tree.Entry("allOf", .list(rules))) }
        return .map(entries)
    }

    private static func schema(of field: FieldShape) -> Tree {
        var isRequired = false
        if case .required = field.need { isRequired = true }
        guard case .map(var schema) = schema(of: field.shape, isRequired: isRequired) else { return .map([]) }
        schema.removeAll { $0.key == "description" }
        schema.insert(Tree.Entry("description", .text(field.about)), at: 0)
        switch field.need {
        case .standard(let value) where !field.shape.isPart: schema.append(Tree.Entry("default", value))
        default: break
        }
        // A heading with nothing below it reads as absent.
        if field.shape.holdsParts, !isRequired, let index = schema.firstIndex(where: { $0.key == "type" }) {
            schema[index].value = .list([schema[index].value, .text("null")])
        }
        return .map(schema)
    }

    private static func schema(of shape: Shape, isRequired: Bool) -> Tree {
        switch shape {
        case .text(let form):
            var schema = [Tree.Entry("type", .text("string"))]
            if let pattern = form.pattern { schema.append(Tree.Entry("pattern", .text(pattern))) }
            if isRequired || !form.isPlain { schema.append(Tree.Entry("minLength", .number(1))) }
            if form.isPlain { schema.append(Tree.Entry("maxLength", .number(Double(TextForm.mostBytes)))) }
            return .map(schema)
        case .number(let range): return numbers("number", range.lowerBound, range.upperBound)
        case .points(let range):
            guard case .map(let schema) = numbers("number", range.lowerBound, range.upperBound) else { return .map([]) }
            return .map(schema + [Tree.Entry("not", .map([Tree.Entry("const", .number(0))]))])
        case .whole(let range):
            guard case .map(var schema) = numbers("integer", Double(range.lowerBound), Double(range.upperBound)) else {
                return .map([])
            }
            schema[0].value = .texts(["integer", "string"])
            return .map(schema + [Tree.Entry("pattern", .text("^[+-]?\\d+$"))])
        case .choice(let words): return .map([Tree.Entry("enum", .texts(words))])
        case .criteria(let scope): return reference(to: scope)
        case .part(let part): return schema(of: part)
        case .list(let list): return schema(of: list)
        }
    }

    private static func schema(of list: ListShape) -> Tree {
        var entries = [
            Tree.Entry("type", .text("array")), Tree.Entry("items", schema(of: list.of, isRequired: true)),
            Tree.Entry("maxItems", .number(Double(list.most))),
        ]
        if list.least > 0 { entries.append(Tree.Entry("minItems", .number(Double(list.least)))) }
        if list.isDistinct { entries.append(Tree.Entry("uniqueItems", .boolean(true))) }
        return .map(entries)
    }

    private static func numbers(_ type: String, _ low: Double, _ high: Double) -> Tree {
        .map([
            Tree.Entry("type", .text(type)), Tree.Entry("minimum", .number(low)), Tree.Entry("maximum", .number(high)),
        ])
    }

    static func reference(to scope: CriteriaScope) -> Tree {
        let name = scopes.first { $0.scope == scope }?.name ?? ""
        return .map([Tree.Entry("$ref", .text("#/$defs/\(name)"))])
    }

    private static func choice(_ word: String, _ names: [String]) -> Tree {
        .map([Tree.Entry(word, .list(names.map { .map([Tree.Entry("required", .texts([$0]))]) }))])
    }

    private static func schema(of rule: PartRule, in part: PartShape) -> [Tree] {
        switch rule {
        case .exactlyOne(let names): return [choice("oneOf", names)]
        case .atLeastOne(let names): return [choice("anyOf", names)]
        case .only(let name, let other, let word, let isRequired):
            let isWord = Tree.map([Tree.Entry("const", .text(word))])
            var holds = [Tree.Entry("properties", .map([Tree.Entry(other, isWord)]))]
            let field = part.fields.first { $0.name == other }
            if case .standard(.text(word))? = field?.need {
            } else {
                holds.append(Tree.Entry("required", .texts([other])))
            }
            var rule = [Tree.Entry("if", .map(holds))]
            if isRequired { rule.append(Tree.Entry("then", .map([Tree.Entry("required", .texts([name]))]))) }
            let never = Tree.map([Tree.Entry("properties", .map([Tree.Entry(name, .boolean(false))]))])
            rule.append(Tree.Entry("else", never))
            return [.map(rule)]
        case .needs(let name, let other):
            return [.map([Tree.Entry("dependentRequired", .map([Tree.Entry(name, .texts([other]))]))])]
        }
    }
}

extension Shape {
    fileprivate var isPart: Bool {
        if case .part = self { true } else { false }
    }
}

/// Tells criteria of a scope as JSON Schema: fields, and for each the operators and values that fit its type.
struct CriteriaSchema {
    let scope: CriteriaScope
    let name: String

    var tree: Tree {
        var properties: [Tree.Entry] = CriteriaReader.groups.map { group in
            Tree.Entry(
                group,
                .map([
                    Tree.Entry("type", .text("array")), Tree.Entry("minItems", .number(1)),
                    Tree.Entry("items", SchemaWriter.reference(to: scope)),
                ]))
        }
        properties += parts(of: CriteriaReader.leaf) + [Tree.Entry("value", .map([]))]
        if let index = properties.firstIndex(where: { $0.key == "field" }) { properties[index].value = fields }
        var forms = CriteriaReader.groups.map { form([$0], alone: true) }
        forms.append(form(CriteriaReader.leaf.names, but: CriteriaReader.behaviour.names + ["where"]))
        if scope == .lead {
            properties += parts(of: CriteriaReader.behaviour)
            properties.append(Tree.Entry("where", SchemaWriter.reference(to: .engagement)))
            forms.append(form(["event"], but: CriteriaReader.leaf.names + ["value"]))
        }
        return .map([
            Tree.Entry("type", .text("object")),
            Tree.Entry("description", .text("all, any or none of several, or one condition; unknown is not true.")),
            Tree.Entry("additionalProperties", .boolean(false)), Tree.Entry("properties", .map(properties)),
            Tree.Entry("oneOf", .list(forms)),
            Tree.Entry("allOf", .list([valueRule] + FieldType.allCases.compactMap(rule))),
        ])
    }

    private var names: [FieldCatalogue.Field] { FieldCatalogue().fields.filter { scope.allows($0.name) } }

    private var fields: Tree {
        let standard = Tree.map([Tree.Entry("enum", .texts(names.map(\.name)))])
        guard scope.allows("custom.x") else { return standard }
        let custom = Tree.map([
            Tree.Entry("type", .text("string")), Tree.Entry("pattern", .text("^custom\\.[a-z0-9_]{1,64}$")),
        ])
        return .map([Tree.Entry("anyOf", .list([standard, custom]))])
    }

    private func parts(of part: PartShape) -> [Tree.Entry] {
        guard case .map(let entries)? = SchemaWriter.schema(of: part)["properties"] else { return [] }
        return entries
    }

    private func form(_ names: [String], alone: Bool = false, but others: [String] = []) -> Tree {
        var form = [Tree.Entry("required", .texts(names))]
        if alone { form.append(Tree.Entry("maxProperties", .number(1))) }
        if !others.isEmpty {
            form.append(Tree.Entry("properties", .map(others.map { Tree.Entry($0, .boolean(false)) })))
        }
        return .map(form)
    }

    /// Presence needs no value, everything else does.
    private var valueRule: Tree {
        let presence = [CriteriaOperator.exists, .missing].map(\.rawValue)
        return .map([
            Tree.Entry("if", .map([Tree.Entry("required", .texts(["op"]))])),
            Tree.Entry(
                "then",
                .map([
                    Tree.Entry(
                        "if",
                        .map([
                            Tree.Entry(
                                "properties", .map([Tree.Entry("op", .map([Tree.Entry("enum", .texts(presence))]))]))
                        ])),
                    Tree.Entry("then", .map([Tree.Entry("properties", .map([Tree.Entry("value", .boolean(false))]))])),
                    Tree.Entry("else", .map([Tree.Entry("required", .texts(["value"]))])),
                ])),
        ])
    }

    /// If the field is of a type, then its operator and value fit it.
    private func rule(of type: FieldType) -> Tree? {
        let names = names.filter { $0.type == type }.map(\.name)
        guard !names.isEmpty else { return nil }
        let isOfType = Tree.map([
            Tree.Entry("properties", .map([Tree.Entry("field", .map([Tree.Entry("enum", .texts(names))]))])),
            Tree.Entry("required", .texts(["field"])),
        ])
        let fits = Tree.map([
            Tree.Entry(
                "properties",
                .map([
                    Tree.Entry("op", .map([Tree.Entry("enum", .texts(type.operators.map(\.rawValue)))])),
                    Tree.Entry("value", value(of: type)),
                ]))
        ])
        return .map([Tree.Entry("if", isOfType), Tree.Entry("then", fits)])
    }

    private func value(of type: FieldType) -> Tree {
        switch type {
        case .text, .date: types(["string", "array"], of: ["string"])
        case .number: types(["number", "array"], of: ["number"])
        case .boolean: .map([Tree.Entry("type", .text("boolean"))])
        case .list: types(["string", "number", "boolean", "array"], of: ["string", "number", "boolean"])
        }
    }

    private func types(_ types: [String], of items: [String]) -> Tree {
        .map([
            Tree.Entry("type", .texts(types)),
            Tree.Entry("items", .map([Tree.Entry("type", .texts(items))])), Tree.Entry("minItems", .number(1)),
        ])
    }
}
