import Yams

/// How large a document may be.
public struct DocumentLimits: Hashable, Sendable {
    public var bytes = 1_048_576
    /// Maps and lists within each other.
    public var depth = 40
    /// Scalars, maps and lists in all.
    public var parts = 50_000

    public init() {}
}

/// Reads YAML 1.2 or JSON into a tree with the place of every part.
///
/// Plain scalars follow YAML's core schema: `true`, `false`, `null`, numbers as JSON writes them, all else is text;
/// `no` is text. Anchors, aliases and duplicate keys are refused.
struct DocumentParser {
    let limits: DocumentLimits
    let faults: FaultList
    private(set) var positions = Positions()
    private var count = 0

    /// So many aliases cannot grow beyond reason before they are refused one by one.
    private static let aliasesAtMost = 16

    init(limits: DocumentLimits, faults: FaultList) {
        self.limits = limits
        self.faults = faults
    }

    /// Nil where the text is no document at all; the fault says why.
    mutating func parse(_ text: String) -> Tree? {
        guard text.utf8.count <= limits.bytes else {
            faults.add("", found: "\(text.utf8.count) bytes", expected: "at most \(limits.bytes) bytes")
            return nil
        }
        guard Self.aliases(in: text) <= Self.aliasesAtMost else {
            faults.add("", found: "many aliases", expected: "a document without anchors and aliases")
            return nil
        }
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                faults.add("", found: "an empty document", expected: "an agreement")
                return nil
            }
            // The parser has to outlive the reading: nodes hold their anchors weakly.
            return withExtendedLifetime(parser) { tree(root, "", key: nil, depth: 1) }
        } catch {
            refuse(error)
            return nil
        }
    }

    private mutating func tree(_ node: Node, _ path: String, key: Positions.Place?, depth: Int) -> Tree? {
        let mark = node.mark.map { Positions.Place(line: $0.line, column: $0.column) }
        // An alias has the mark of its anchor.
        let place = node.anchor == nil ? mark ?? key : key ?? mark
        positions.note(
            path, key: key, value: place ?? Positions.Place(line: 1, column: 1), isScalar: node.scalar != nil)
        count += 1
        guard count <= limits.parts else {
            if count == limits.parts + 1 {
                faults.add(path, found: "more than \(limits.parts) parts", expected: "at most \(limits.parts)")
            }
            return nil
        }
        guard depth <= limits.depth else {
            faults.add(path, found: "\(depth) levels", expected: "at most \(limits.depth) levels")
            return nil
        }
        guard node.anchor == nil else {
            faults.add(path, found: "an anchor or an alias", expected: "the value itself")
            return node.scalar.map { ScalarText.tree($0.string, isPlain: $0.style == .plain) }
        }
        switch node {
        case .scalar(let scalar): return ScalarText.tree(scalar.string, isPlain: scalar.style == .plain)
        case .sequence(let sequence):
            return .list(
                sequence.enumerated().map { tree($1, "\(path)[\($0)]", key: nil, depth: depth + 1) ?? .null })
        case .mapping(let mapping): return .map(entries(mapping, path, depth))
        case .alias: return nil
        }
    }

    private mutating func entries(_ mapping: Node.Mapping, _ path: String, _ depth: Int) -> [Tree.Entry] {
        var entries: [Tree.Entry] = []
        for (key, value) in mapping {
            let mark = key.mark.map { Positions.Place(line: $0.line, column: $0.column) }
            guard let name = key.scalar?.string, key.anchor == nil else {
                faults.add(path, found: "a key that is no text", expected: "the name of a field")
                continue
            }
            let place = path.isEmpty ? name : "\(path).\(name)"
            entries.append(Tree.Entry(name, tree(value, place, key: mark, depth: depth + 1) ?? .null))
        }
        return entries
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
    private mutating func refuse(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            refuse(problem, line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let duplicates, let context):
            for key in duplicates {
                refuse("the key \(key) twice", line: context.mark.line, column: context.mark.column)
            }
        case .reader(let problem, _, _, _): faults.add("", found: problem, expected: "UTF-8 text")
        default: faults.add("", found: "an unreadable document", expected: "YAML or JSON")
        }
    }

    private mutating func refuse(_ problem: String, line: Int, column: Int) {
        let path = "line \(line)"
        positions.note(path, key: nil, value: Positions.Place(line: line, column: column), isScalar: true)
        faults.add(path, found: problem, expected: "YAML or JSON, each key once")
    }
}

/// What a scalar's text stands for.
enum ScalarText {
    static func tree(_ text: String, isPlain: Bool) -> Tree {
        guard isPlain else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: return isNumber(text) ? Double(text).map(Tree.number) ?? .text(text) : .text(text)
        }
    }

    /// RFC 8259: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let isZero = rest.first == UInt8(ascii: "0")
        guard let whole = digits(&rest), !isZero || whole == 1 else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard digits(&rest) != nil else { return false }
        }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
            guard digits(&rest) != nil else { return false }
        }
        return rest.isEmpty
    }

    private static func digits(_ rest: inout Substring.UTF8View) -> Int? {
        let run = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
        rest.removeFirst(run)
        return run > 0 ? run : nil
    }
}
