/// One difference between two versions, in the words of the business.
public struct AgreementChange: Hashable, Sendable {
    public var section: String
    /// Such as `scoring.qualification.threshold`; a part of a list is named by its id: `scoring.fit[industry].points`.
    public var path: String
    /// Empty where there was nothing.
    public var before: String
    /// Empty where there is nothing any more.
    public var after: String
    public var sentence: String

    public init(section: String, path: String, before: String, after: String, sentence: String) {
        self.section = section
        self.path = path
        self.before = before
        self.after = after
        self.sentence = sentence
    }
}

/// Compares two agreements part by part.
public enum AgreementDiff {
    /// All differences, section by section; none exactly when the two are the same agreement. Parts of lists are
    /// recognised by their id, code, name, kind or date, so that a new rule in front does not change all others.
    public static func between(_ before: Tree, _ after: Tree) -> [AgreementChange] {
        var changes: [AgreementChange] = []
        compare(before, after, [], &changes)
        return changes
    }

    private static func compare(
        _ before: Tree?, _ after: Tree?, _ path: [PathStep], _ changes: inout [AgreementChange]
    ) {
        if before.isSame(as: after) { return }
        switch (before, after) {
        case (.map(let old)?, .map(let new)?) where !path.isCriteria:
            for key in keys(old, new, path) {
                compare(before?[key], after?[key], path + [.field(key)], &changes)
            }
        case (.map?, nil) where path.isSection, (nil, .map?) where path.isSection:
            compare(before ?? .map([]), after ?? .map([]), path, &changes)
        case (let old, let new) where KeyedList.canCompare(old, new):
            compareLists(KeyedList(old), KeyedList(new), path, &changes)
        default:
            changes.append(ChangeWording.change(path, before, after))
        }
    }

    /// Sections in the order of the document; fields within one in that of the newer agreement, then what is gone.
    private static func keys(_ before: [Tree.Entry], _ after: [Tree.Entry], _ path: [PathStep]) -> [String] {
        let new = after.map(\.key)
        let all = new + before.map(\.key).filter { !new.contains($0) }
        guard path.isEmpty else { return all }
        let known = Agreement.shape.names
        return known.filter(all.contains) + all.filter { !known.contains($0) }
    }

    private static func compareLists(
        _ before: KeyedList, _ after: KeyedList, _ path: [PathStep], _ changes: inout [AgreementChange]
    ) {
        for (index, part) in after.parts.enumerated() {
            let place = path + [.part(part.key)]
            if let old = before[part.key] {
                compare(old, part.tree, place, &changes)
            } else {
                let next = after.parts.dropFirst(index + 1).first { before[$0.key] != nil }
                changes.append(ChangeWording.added(place, part.tree, before: next?.key))
            }
        }
        for part in before.parts where after[part.key] == nil {
            changes.append(ChangeWording.change(path + [.part(part.key)], part.tree, nil))
        }
        let kept = after.parts.map(\.key).filter { before[$0] != nil }
        let order = before.parts.map(\.key).filter { after[$0] != nil }
        if kept != order { changes.append(ChangeWording.reordered(path, order, kept)) }
    }
}

/// A list whose parts have keys of their own.
private struct KeyedList {
    let parts: [(key: String, tree: Tree)]
    private let trees: [String: Tree]

    init(_ tree: Tree?) {
        parts = Self.parts(tree) ?? []
        trees = Dictionary(parts.map { ($0.key, $0.tree) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(key: String) -> Tree? { trees[key] }

    static func canCompare(_ before: Tree?, _ after: Tree?) -> Bool {
        guard let old = parts(before), let new = parts(after) else { return false }
        return !(old.isEmpty && new.isEmpty)
    }

    /// Nil for anything else than a list, and for one whose parts cannot be told apart by their keys.
    private static func parts(_ tree: Tree?) -> [(key: String, tree: Tree)]? {
        guard let tree else { return [] }
        guard case .list(let list) = tree else { return nil }
        let parts = list.compactMap { part in key(of: part).map { (key: $0, tree: part) } }
        guard parts.count == list.count, Set(parts.map(\.key)).count == list.count else { return nil }
        return parts
    }

    private static func key(of tree: Tree) -> String? {
        for name in ["id", "code", "name", "kind", "date"] {
            if case .text(let text) = tree[name] { return text }
        }
        return nil
    }
}

extension Tree? {
    /// Whether both say the same, in whatever order their keys are.
    func isSame(as other: Tree?) -> Bool {
        self == other || (self != nil && other != nil && self?.sorted == other?.sorted)
    }
}

extension Tree {
    /// The same with the keys of all maps in order.
    var sorted: Tree {
        switch self {
        case .list(let parts): .list(parts.map(\.sorted))
        case .map(let entries):
            .map(entries.map { Entry($0.key, $0.value.sorted) }.sorted { $0.key < $1.key })
        case .null, .boolean, .number, .text: self
        }
    }
}

/// A step on the way to a part of an agreement.
enum PathStep: Hashable {
    case field(String)
    case part(String)
}

extension [PathStep] {
    var text: String {
        reduce(into: "") { text, step in
            switch step {
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            case .part(let key): text += "[\(key)]"
            }
        }
    }

    /// Criteria are compared as a whole.
    var isCriteria: Bool {
        switch last {
        case .field("when"), .field("where"), .field("requires"): true
        default: false
        }
    }

    /// A section or a map within one, not a part of a list.
    var isSection: Bool {
        !isCriteria && allSatisfy { if case .field = $0 { true } else { false } }
    }
}
