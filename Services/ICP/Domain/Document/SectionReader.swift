import Criteria
import Kernel

/// Reads the fields of one map by type and collects what is wrong with them; a faulty field reads as its default.
///
/// A field that is not among the known ones is a fault. `null` reads as absent.
struct SectionReader {
    let path: String
    let faults: FaultList
    private let tree: Tree
    /// Fields that an unknown name nearly spells: they are not reported as lacking besides.
    let misspelt: Set<String>

    init(_ tree: Tree, _ path: String, known: [String], _ faults: FaultList) {
        self.path = path
        self.faults = faults
        self.tree = tree
        guard case .map(let entries) = tree else {
            faults.add(path, found: tree.summary, expected: "a map with \(known.joined(separator: ", "))")
            misspelt = Set(known)
            return
        }
        var misspelt: Set<String> = []
        for entry in entries where !known.contains(entry.key) {
            let suggestion = NearestName.of(entry.key, in: known)
            faults.add(
                path.isEmpty ? entry.key : "\(path).\(entry.key)", found: entry.key,
                expected: "one of \(known.joined(separator: ", "))", suggestion: suggestion, atKey: true)
            if let suggestion { misspelt.insert(suggestion) }
        }
        self.misspelt = misspelt
    }

    func place(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    func fault(_ name: String, found: String, expected: String) {
        faults.add(place(name), found: found, expected: expected)
    }

    /// Reports that a field is absent, unless its name is there misspelt.
    func lacks(_ name: String, expected: String) {
        if !misspelt.contains(name) { fault(name, found: "nothing", expected: expected) }
    }

    /// The value of a field; nil where it is absent or null.
    func value(_ name: String) -> Tree? {
        guard let value = tree[name], value != .null else { return nil }
        return value
    }

    func has(_ name: String) -> Bool { value(name) != nil }

    // MARK: - Scalars

    /// - Parameter required: absence is a fault.
    func text(_ name: String, required: Bool = false, default absent: String = "") -> String {
        switch value(name) {
        case .text(let text) where !(required && text.allSatisfy(\.isWhitespace)): return text
        case .number(let number): return Tree.text(of: number)
        case nil, .text:
            if required { lacks(name, expected: "a text") }
        case let other?: fault(name, found: other.summary, expected: "a text")
        }
        return absent
    }

    /// An id: 1 to 64 letters, digits, `_`, `-` and `.`.
    func id(_ name: String = "id") -> String {
        let text = text(name, required: true)
        let isPlain = text.utf8.count <= 64 && text.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
        if !isPlain { fault(name, found: text, expected: "at most 64 letters, digits, _, - or .") }
        return text
    }

    func number(_ name: String, in range: ClosedRange<Double>, required: Bool = false) -> Double? {
        switch value(name) {
        case .number(let number) where range.contains(number): return number
        case nil:
            if required { lacks(name, expected: Self.expectation(range)) }
        case let other?: fault(name, found: other.summary, expected: Self.expectation(range))
        }
        return nil
    }

    /// Whole; as text too, since JSON of 64-bit integers is text.
    func wholeNumber(_ name: String) -> Int64? {
        switch value(name) {
        case .number(let number):
            if let whole = Int64(exactly: number) { return whole }
            fault(name, found: Tree.text(of: number), expected: "a whole number")
        case .text(let text):
            if let whole = Int64(text) { return whole }
            fault(name, found: text, expected: "a whole number")
        case nil: lacks(name, expected: "a whole number")
        case let other?: fault(name, found: other.summary, expected: "a whole number")
        }
        return nil
    }

    /// One of a closed set.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default absent: Choice, required: Bool = false
    ) -> Choice where Choice.RawValue == String {
        guard let value = value(name), value != .text("") else {
            if required { lacks(name, expected: Self.expectation(Choice.self)) }
            return absent
        }
        return choice(value, place(name)) ?? absent
    }

    /// A duration such as `4h`.
    func span(_ name: String, required: Bool = false) -> TimeSpan? {
        guard let value = value(name), value != .text("") else {
            if required { lacks(name, expected: "a duration such as 30m, 4h or 2d") }
            return nil
        }
        if case .text(let text) = value, let span = TimeSpan(text: text), span.microseconds > 0 { return span }
        fault(name, found: value.summary, expected: "a duration above zero such as 30m, 4h or 2d")
        return nil
    }

    // MARK: - Lists and parts

    func list(_ name: String) -> [(tree: Tree, path: String)] {
        switch value(name) {
        case nil: return []
        case .list(let parts): return parts.enumerated().map { ($1, "\(place(name))[\($0)]") }
        case let other?:
            fault(name, found: other.summary, expected: "a list")
            return []
        }
    }

    func texts(_ name: String) -> [String] {
        list(name).compactMap { tree, path in
            switch tree {
            case .text(let text) where !text.isEmpty: return text
            case .number(let number): return Tree.text(of: number)
            default:
                faults.add(path, found: tree.summary, expected: "a text")
                return nil
            }
        }
    }

    func numbers(_ name: String, in range: ClosedRange<Double>) -> [Double] {
        list(name).compactMap { tree, path in
            if case .number(let number) = tree, range.contains(number) { return number }
            faults.add(path, found: tree.summary, expected: Self.expectation(range))
            return nil
        }
    }

    /// Members of a closed set, each at most once.
    func choices<Choice: RawRepresentable & CaseIterable & Hashable>(
        _ name: String, of _: Choice.Type = Choice.self
    ) -> [Choice] where Choice.RawValue == String {
        var seen: Set<Choice> = []
        return list(name).compactMap { tree, path in
            guard let choice: Choice = choice(tree, path) else { return nil }
            if !seen.insert(choice).inserted {
                faults.add(path, found: choice.rawValue, expected: "each only once")
            }
            return choice
        }
    }

    func part(_ name: String, known: [String]) -> SectionReader? {
        value(name).map { SectionReader($0, place(name), known: known, faults) }
    }

    /// - Parameter unique: the field in which no two parts may have the same text.
    func parts(_ name: String, known: [String], unique: String? = nil) -> [SectionReader] {
        let parts = list(name).map { SectionReader($0.tree, $0.path, known: known, faults) }
        if let unique { Self.requireUnique(unique, in: parts) }
        return parts
    }

    /// Criteria that may speak about a scope; whether they do is checked when the whole document is read.
    func criteria(_ name: String, scope: CriteriaScope, required: Bool = false) -> Criteria? {
        guard let value = value(name) else {
            if required { lacks(name, expected: "criteria") }
            return nil
        }
        let criteria = CriteriaReader(faults: faults).read(value, place(name), depth: 1)
        if let criteria { faults.add(criteria, at: place(name), scope: scope) }
        return criteria
    }

    /// Reports every part after the first that has the same text in a field.
    static func requireUnique(_ name: String, in parts: [SectionReader]) {
        var seen: Set<String> = []
        for part in parts {
            guard case .text(let text) = part.value(name), !seen.insert(text).inserted else { continue }
            part.fault(name, found: "\(text) again", expected: "each \(name) only once")
        }
    }

    // MARK: - Words

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ tree: Tree, _ path: String
    ) -> Choice? where Choice.RawValue == String {
        if case .text(let text) = tree, let choice = Choice(rawValue: text) { return choice }
        faults.add(
            path, found: tree.summary, expected: Self.expectation(Choice.self),
            suggestion: NearestName.of(tree.summary, in: Choice.allCases.map(\.rawValue)))
        return nil
    }

    private static func expectation<Choice: RawRepresentable & CaseIterable>(
        _: Choice.Type
    ) -> String where Choice.RawValue == String {
        "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))"
    }

    private static func expectation(_ range: ClosedRange<Double>) -> String {
        switch (range.lowerBound.isInfinite, range.upperBound.isInfinite) {
        case (true, true): "a number"
        case (false, true): "a number from \(Tree.text(of: range.lowerBound))"
        case (true, false): "a number up to \(Tree.text(of: range.upperBound))"
        case (false, false):
            "a number from \(Tree.text(of: range.lowerBound)) to \(Tree.text(of: range.upperBound))"
        }
    }
}
