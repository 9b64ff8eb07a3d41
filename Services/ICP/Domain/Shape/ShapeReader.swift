import Criteria
import Kernel

/// Reads a tree by its shape: collects everything that is wrong with it and writes the defaults out.
///
/// What is faulty reads as if it were absent, so that the rest can still be checked; parts keep their places in lists.
struct ShapeReader {
    let faults: FaultList

    /// - Returns: nil where nothing can be made of the value.
    func read(_ tree: Tree, as shape: Shape, at path: String) -> Tree? {
        switch shape {
        case .text(let form): text(tree, form, path)
        case .number(let range): number(tree, range, path)
        case .points(let range): points(tree, range, path)
        case .whole(let range): whole(tree, range, path)
        case .choice(let words): choice(tree, words, path)
        case .criteria(let scope): criteria(tree, scope, path)
        case .list(let list): .list(entries(tree, list, path))
        case .part(let part): read(tree, as: part, at: path)
        }
    }

    // MARK: - Scalars

    private func text(_ tree: Tree, _ form: TextForm, _ path: String) -> Tree? {
        guard case .text(let text) = tree else {
            let needsQuotes = tree.isScalar && tree != .null && form.reading(tree.summary) != nil
            return refuse(tree, needsQuotes ? "\(form.expected), in quotes" : form.expected, path)
        }
        guard text.utf8.count <= TextForm.mostBytes else {
            faults.add(
                .limit, path, found: "\(text.utf8.count) bytes", expected: "at most \(TextForm.mostBytes) bytes")
            return nil
        }
        if let reading = form.reading(text) { return .text(reading) }
        guard !text.isEmpty else { return refuse(.null, form.expected, path) }
        faults.add(.value, path, found: tree.summary, expected: form.expected, suggestion: form.nearest(text))
        return nil
    }

    private func number(_ tree: Tree, _ range: ClosedRange<Double>, _ path: String) -> Tree? {
        guard case .number(let number) = tree else { return refuse(tree, Expectation.number(in: range), path) }
        if range.contains(number) { return tree }
        faults.add(.value, path, found: tree.summary, expected: Expectation.number(in: range))
        return nil
    }

    private func points(_ tree: Tree, _ range: ClosedRange<Double>, _ path: String) -> Tree? {
        let number = number(tree, range, path)
        guard number == .number(0) else { return number }
        faults.add(.value, path, found: "0", expected: "a number other than 0")
        return nil
    }

    private func whole(_ tree: Tree, _ range: ClosedRange<Int64>, _ path: String) -> Tree? {
        let expected = Expectation.whole(in: range)
        let whole: Int64?
        switch tree {
        case .number(let number): whole = Int64(exactly: number)
        case .text(let text): whole = Int64(text)
        default: return refuse(tree, expected, path)
        }
        if let whole, range.contains(whole) { return .number(Double(whole)) }
        faults.add(.value, path, found: tree.summary, expected: expected)
        return nil
    }

    private func choice(_ tree: Tree, _ words: [String], _ path: String) -> Tree? {
        let expected = "one of \(words.joined(separator: ", "))"
        guard case .text(let text) = tree else { return refuse(tree, expected, path) }
        if words.contains(text) { return tree }
        faults.add(
            .unknown, path, found: tree.summary, expected: expected, suggestion: NearestName.of(text, in: words))
        return nil
    }

    private func refuse(_ tree: Tree, _ expected: String, _ path: String) -> Tree? {
        faults.add(tree == .null ? .missing : .type, path, found: tree.described, expected: expected)
        return nil
    }

    private func criteria(_ tree: Tree, _ scope: CriteriaScope, _ path: String) -> Tree? {
        guard let criteria = CriteriaReader(faults: faults).read(tree, path, depth: 1) else { return nil }
        faults.add(criteria, at: path, scope: scope)
        return criteria.tree
    }

    // MARK: - Lists

    private func entries(_ tree: Tree, _ shape: ListShape, _ path: String) -> [Tree] {
        guard case .list(let parts) = tree else {
            _ = refuse(tree, "a list", path)
            return []
        }
        if parts.count < shape.least {
            faults.add(.missing, path, found: "an empty list", expected: "at least \(shape.least) entry")
        }
        guard parts.count <= shape.most else {
            faults.add(.limit, path, found: "\(parts.count) entries", expected: "at most \(shape.most)")
            return []
        }
        let read = parts.enumerated().compactMap { index, part in
            self.read(part, as: shape.of, at: "\(path)[\(index)]")
        }
        if shape.isDistinct { refuseRepeats(parts, path) }
        if let key = shape.key {
            faults.refuseRepeats(of: key, in: parts.indices.map { ("\(path)[\($0)]", parts[$0]) })
        }
        return read
    }

    private func refuseRepeats(_ parts: [Tree], _ path: String) {
        var seen: Set<Tree> = []
        for (index, part) in parts.enumerated() where !seen.insert(part).inserted {
            faults.add(.duplicate, "\(path)[\(index)]", found: "\(part.summary) again", expected: "each only once")
        }
    }
}

// MARK: - Parts

extension ShapeReader {
    func read(_ tree: Tree, as shape: PartShape, at path: String) -> Tree {
        guard case .map(let entries) = tree else {
            _ = refuse(tree, "a map with \(shape.names.joined(separator: ", "))", path)
            return .map([])
        }
        let misspelt = refuseUnknown(entries, shape.names, path)
        var read: [String: Tree] = [:]
        for field in shape.fields {
            read[field.name] = self.read(field, of: tree, at: Self.place(field.name, in: path), misspelt, read)
        }
        for rule in shape.rules { check(rule, shape, tree, path, misspelt, &read) }
        return .fields(shape.names.map { ($0, read[$0]) })
    }

    /// - Returns: the names that an unknown one nearly spells: they are not reported as lacking besides.
    func refuseUnknown(_ entries: [Tree.Entry], _ names: [String], _ path: String) -> Set<String> {
        var misspelt: Set<String> = []
        for entry in entries where !names.contains(entry.key) && !faults.isFull {
            let suggestion = NearestName.of(entry.key, in: names)
            faults.add(
                .unknown, Self.place(entry.key, in: path), found: entry.key,
                expected: "one of \(names.joined(separator: ", "))", suggestion: suggestion, atKey: true)
            if let suggestion { misspelt.insert(suggestion) }
        }
        return misspelt
    }

    private func read(
        _ field: FieldShape, of tree: Tree, at path: String, _ misspelt: Set<String>, _ others: [String: Tree]
    ) -> Tree? {
        if let value = Self.value(of: field, in: tree), let read = read(value, as: field.shape, at: path) {
            return read
        }
        switch field.need {
        case .optional: return nil
        case .same(let other): return others[other]
        case .standard(let value): return read(value, as: field.shape, at: path)
        case .required:
            if Self.value(of: field, in: tree) == nil, !misspelt.contains(field.name) {
                faults.add(.missing, path, found: "nothing", expected: Expectation.of(field.shape))
            }
            return nil
        }
    }

    /// Nil where the field says nothing.
    private static func value(of field: FieldShape, in tree: Tree) -> Tree? {
        guard let value = tree[field.name] else { return nil }
        switch (field.shape, value) {
        case (.part, .null), (.list, .null): return nil
        case (.text(let form), .text(let text)) where form.isPlain && text.allSatisfy(\.isWhitespace): return nil
        default: return value
        }
    }

    private func check(
        _ rule: PartRule, _ shape: PartShape, _ tree: Tree, _ path: String, _ misspelt: Set<String>,
        _ read: inout [String: Tree]
    ) {
        switch rule {
        case .exactlyOne(let names):
            let there = Self.names(names, of: shape, in: tree, misspelt)
            guard there.count != 1 else { return }
            faults.add(
                there.isEmpty ? .missing : .conflict, path,
                found: there.isEmpty ? "neither \(names.joined(separator: " nor "))" : there.joined(separator: " and "),
                expected: "exactly one of \(names.joined(separator: " and "))")
        case .atLeastOne(let names):
            guard Self.names(names, of: shape, in: tree, misspelt).isEmpty else { return }
            faults.add(
                .missing, path, found: "neither \(names.joined(separator: " nor "))",
                expected: "at least one of \(names.joined(separator: " and "))")
        case .only(let name, let other, let word, let required):
            let place = Self.place(name, in: path)
            guard read[other] != nil, tree[other].map({ $0 == read[other] }) ?? true else { return }
            if read[other] == .text(word) {
                guard required, tree[name] == nil, !misspelt.contains(name) else { return }
                let expected = shape.fields.first { $0.name == name }.map { Expectation.of($0.shape) } ?? "a value"
                faults.add(.missing, place, found: "nothing", expected: "\(expected), as \(other) is \(word)")
            } else {
                read[name] = nil
                guard let value = tree[name] else { return }
                faults.add(.conflict, place, found: value.summary, expected: "nothing, as \(other) is not \(word)")
            }
        case .needs(let name, let other):
            guard let value = tree[name], tree[other] == nil, !misspelt.contains(other) else { return }
            read[name] = nil
            faults.add(
                .conflict, Self.place(name, in: path), found: value.summary,
                expected: "nothing, as there is no \(other)")
        }
    }

    /// Those of some fields that stand there, misspelt ones too.
    private static func names(
        _ names: [String], of shape: PartShape, in tree: Tree, _ misspelt: Set<String>
    ) -> [String] {
        shape.fields.filter { field in
            names.contains(field.name) && (value(of: field, in: tree) != nil || misspelt.contains(field.name))
        }.map(\.name)
    }

    static func place(_ name: String, in path: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

/// What a place expects, in words.
enum Expectation {
    static func of(_ shape: Shape) -> String {
        switch shape {
        case .text(let form): form.expected
        case .number(let range), .points(let range): number(in: range)
        case .whole(let range): whole(in: range)
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .criteria: "criteria"
        case .part(let part): "a map with \(part.names.joined(separator: ", "))"
        case .list: "a list"
        }
    }

    static func number(in range: ClosedRange<Double>) -> String {
        "a number from \(Tree.text(of: range.lowerBound)) to \(Tree.text(of: range.upperBound))"
    }

    static func whole(in range: ClosedRange<Int64>) -> String {
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
}
