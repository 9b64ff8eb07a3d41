import Criteria

extension Agreement {
    /// Every field of the file with what it may be and its default, as Markdown.
    public static var reference: String {
        var writer = ReferenceWriter()
        writer.write(shape, title: "The file", at: "")
        return "# The agreement, field by field\n\nWritten by `accord agreement schema --reference`; see "
            + "[the agreement](agreement.md) for what it means.\n" + writer.text.dropLast()
    }
}

/// Tells shapes to people.
struct ReferenceWriter {
    private(set) var text = ""

    mutating func write(_ part: PartShape, title: String, at path: String) {
        text += "\n## \(title)\n\n\(part.about)\n\n| field | is | default | |\n|---|---|---|---|\n"
        for field in part.fields {
            text +=
                "| `\(field.name)` | \(Self.kind(of: field.shape)) | \(Self.standard(of: field)) | \(field.about) |\n"
        }
        for rule in part.rules { text += "\n\(Self.sentence(rule))\n" }
        for field in part.fields {
            let place = ShapeReader.place(field.name, in: path)
            switch field.shape {
            case .part(let inner): write(inner, title: "`\(place)`", at: place)
            case .list(let list):
                if case .part(let inner) = list.of { write(inner, title: "`\(place)[]`", at: "\(place)[]") }
            default: break
            }
        }
    }

    private static func kind(of shape: Shape) -> String {
        switch shape {
        case .text(let form): form.isPlain ? "text" : form.expected
        case .number(let range), .points(let range): Expectation.number(in: range)
        case .whole(let range): Expectation.whole(in: range)
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: " ")
        case .criteria(let scope):
            "criteria over \(scope == .company ? "the company" : scope == .lead ? "the lead" : "the engagement")"
        case .part: "a map"
        case .list(let list):
            if case .part = list.of { "a list of maps" } else { "a list of: \(kind(of: list.of))" }
        }
    }

    private static func standard(of field: FieldShape) -> String {
        switch field.need {
        case .required: "needed"
        case .optional: ""
        case .same(let other): "the `\(other)`"
        case .standard(.map): ""
        case .standard(let value): "`\(value.summary)`"
        }
    }

    private static func sentence(_ rule: PartRule) -> String {
        switch rule {
        case .exactlyOne(let names): "Exactly one of \(names.map { "`\($0)`" }.joined(separator: " and "))."
        case .atLeastOne(let names): "At least one of \(names.map { "`\($0)`" }.joined(separator: " and "))."
        case .only(let name, let other, let word, let isRequired):
            "`\(name)` is \(isRequired ? "needed" : "possible") where `\(other)` is `\(word)`, and nowhere else."
        case .needs(let name, let other): "`\(name)` needs `\(other)`."
        }
    }
}
