import Yams

/// How large a document may be.
public struct DocumentLimits: Hashable, Sendable {
    public var bytes = 1_048_576
    /// Maps and lists within each other.
    public var depth = 40
    /// Scalars, maps and lists in all.
    public var parts = 50_000
    /// Bytes of UTF-8 of a key.
    public var keyBytes = 128

    public init() {}
}

/// Reads YAML 1.2 or JSON into a tree with the place of every part.
///
/// Plain scalars follow YAML's core schema: `true`, `false`, `null`, numbers as JSON writes them, all else is text;
/// `no` is text. Anchors, aliases, tags and duplicate keys are refused.
struct DocumentParser {
    let limits: DocumentLimits
    let faults: FaultList
    private var count = 0
    private var keys = DuplicateKeys()

    /// So many aliases cannot grow beyond reason before they are refused one by one.
    private static let aliasesAtMost = 16

    init(limits: DocumentLimits, faults: FaultList) {
        self.limits = limits
        self.faults = faults
    }

    /// Nil where the text is no document at all; the fault says why.
    mutating func parse(_ text: String) -> (tree: Tree, positions: Positions)? {
        guard text.utf8.count <= limits.bytes else {
            faults.add(.limit, "", found: "\(text.utf8.count) bytes", expected: "at most \(limits.bytes) bytes")
            return nil
        }
        guard Self.aliases(in: text) <= Self.aliasesAtMost else {
            faults.add(.anchor, "", found: "many aliases", expected: "a document without anchors and aliases")
            return nil
        }
        var text = text
        while true {
            do {
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    faults.add(.missing, "", found: "an empty document", expected: "an agreement")
                    return nil
                }
                // The parser has to outlive the reading: nodes hold their anchors weakly.
                return withExtendedLifetime(parser) { read(root, "", key: nil, depth: 1) }
            } catch {
                guard case .duplicatedKeysInMapping(_, let context) = error as? YamlError,
                    let next = keys.marking(text, line: context.mark.line, column: context.mark.column)
                else {
                    refuse(error)
                    return nil
                }
                text = next
            }
        }
    }

    private mutating func read(
        _ node: Node, _ path: String, key: Positions.Place?, depth: Int
    ) -> (tree: Tree, positions: Positions) {
        let mark = node.mark.map { Positions.Place(line: $0.line, column: $0.column) }
        // An alias has the mark of its anchor.
        let place = node.anchor == nil ? mark ?? key : key ?? mark
        var positions = Positions(
            key: key, value: place ?? Positions.Place(line: 1, column: 1), isScalar: node.scalar != nil)
        guard isWithinLimits(path, depth, positions.value) else { return (.null, positions) }
        if node.anchor != nil {
            faults.add(
                .anchor, path, found: "an anchor or an alias", expected: "the value itself", place: positions.value)
        } else if let tag = node.givenTag {
            faults.add(
                .anchor, path, found: "the tag \(tag.prefix(80))", expected: "the value without a tag",
                place: positions.value)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain && node.givenTag != Tag.Name.str.rawValue
            return (ScalarText.tree(scalar.string, isPlain: isPlain), positions)
        case .sequence, .mapping, .alias:
            guard node.anchor == nil else { return (.null, positions) }
            if let sequence = node.sequence { return (list(sequence, path, depth, &positions), positions) }
            return (node.mapping.map { map($0, path, depth, &positions) } ?? .null, positions)
        }
    }

    private mutating func isWithinLimits(_ path: String, _ depth: Int, _ place: Positions.Place) -> Bool {
        count += 1
        if count == limits.parts + 1 {
            faults.add(
                .limit, path, found: "more than \(limits.parts) parts", expected: "at most \(limits.parts)",
                place: place)
        }
        if count <= limits.parts, depth > limits.depth {
            faults.add(
                .limit, path, found: "\(depth) levels", expected: "at most \(limits.depth) levels", place: place)
        }
        return count <= limits.parts && depth <= limits.depth
    }

    private mutating func list(
        _ sequence: Node.Sequence, _ path: String, _ depth: Int, _ positions: inout Positions
    ) -> Tree {
        var parts: [Tree] = []
        for (index, node) in sequence.enumerated() where count <= limits.parts {
            let (tree, place) = read(node, "\(path)[\(index)]", key: nil, depth: depth + 1)
            parts.append(tree)
            positions.parts.append(place)
        }
        return .list(parts)
    }

    private mutating func map(
        _ mapping: Node.Mapping, _ path: String, _ depth: Int, _ positions: inout Positions
    ) -> Tree {
        var entries: [Tree.Entry] = []
        var lines: [String: Int] = [:]
        for (key, value) in mapping where count <= limits.parts {
            let mark = key.mark.map { Positions.Place(line: $0.line, column: $0.column) }
            guard let name = name(key, path, mark) else { continue }
            let place = ShapeReader.place(name, in: path)
            if let line = lines[name] {
                faults.add(
                    .duplicate, place, found: "\(name) again", expected: "each key once, and it is on line \(line)",
                    place: mark)
                continue
            }
            lines[name] = mark?.line ?? 1
            let (tree, inner) = read(value, place, key: mark, depth: depth + 1)
            entries.append(Tree.Entry(name, tree))
            positions.parts.append(inner)
            positions.names.append(name)
        }
        return .map(entries)
    }

    private func name(_ key: Node, _ path: String, _ place: Positions.Place?) -> String? {
        // The parser has looked for duplicates among the keys, and so resolved their tags.
        guard let text = key.scalar?.string, key.anchor == nil, [nil, Tag.Name.str.rawValue].contains(key.givenTag)
        else {
            faults.add(.type, path, found: "a key that is no text", expected: "the name of a field", place: place)
            return nil
        }
        guard text.utf8.count <= limits.keyBytes else {
            faults.add(
                .limit, path, found: "a key of \(text.utf8.count) bytes", expected: "at most \(limits.keyBytes)",
                place: place)
            return nil
        }
        return keys.original(text)
    }

    /// Counts what may be aliases: a star that begins a word.
    private static func aliases(in text: String) -> Int {
        var count = 0
        var previous = UInt8(ascii: "\n")
        var isStar = false
        for byte in text.utf8 {
            if isStar, byte > 0x20, byte != UInt8(ascii: "*") { count += 1 }
            isStar = byte == UInt8(ascii: "*") && " \t\r\n[{,:?-".utf8.contains(previous)
            previous = byte
        }
        return count
    }
}

extension DocumentParser {
    private func refuse(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            refuse(problem, mark)
        case .duplicatedKeysInMapping(let duplicates, let context):
            for key in duplicates { refuse("the key \(key.prefix(80)) twice", context.mark, .duplicate) }
        case .reader(let problem, let offset, let value, let text):
            faults.add(
                .encoding, "", found: "\(problem) (\(Self.scalarName(value)))", expected: "UTF-8 text without them",
                place: offset.map { Positions.Place(after: text.prefix($0)) })
        default: faults.add(.syntax, "", found: "an unreadable document", expected: "YAML or JSON")
        }
    }

    private func refuse(_ problem: String, _ mark: Mark, _ code: AgreementFault.Code = .syntax) {
        guard !problem.hasPrefix("Maximum nesting level") else {
            return faults.add(
                .limit, "", found: "far too many levels", expected: "at most \(limits.depth) levels",
                place: Positions.Place(line: mark.line, column: mark.column))
        }
        faults.add(
            code, "", found: problem, expected: code == .duplicate ? "each key once" : "YAML or JSON",
            place: Positions.Place(line: mark.line, column: mark.column))
    }

    private static func scalarName(_ value: Int32) -> String {
        let digits = String(UInt32(bitPattern: value), radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension Node {
    /// The type that the document gives it, such as `!!str` or `!money`; nil where it gives none. Reading `tag` of a
    /// node itself would resolve it.
    fileprivate var givenTag: String? {
        let text =
            switch self {
            case .scalar(let scalar): scalar.tag.description
            case .sequence(let sequence): sequence.tag.description
            case .mapping(let mapping): mapping.tag.description
            case .alias(let alias): alias.tag.description
            }
        return text.isEmpty || (text == Tag.Name.str.rawValue && scalar?.style != .plain) ? nil : text
    }
}
