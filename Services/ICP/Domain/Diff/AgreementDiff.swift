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
    /// All differences, in the order of the newer document. Parts of lists are recognised by their id, code, name or
    /// kind, so that a new rule in front does not change all others.
    public static func between(_ before: Tree, _ after: Tree) -> [AgreementChange] {
        var changes: [AgreementChange] = []
        compare(before, after, [], &changes)
        return changes
    }

    private static func compare(
        _ before: Tree?, _ after: Tree?, _ path: [PathStep], _ changes: inout [AgreementChange]
    ) {
        if before == after { return }
        switch (before, after) {
        case (.map(let old)?, .map(let new)?) where !path.isCriteria:
            for entry in new { compare(before?[entry.key], entry.value, path + [.field(entry.key)], &changes) }
            for entry in old where after?[entry.key] == nil {
                compare(entry.value, nil, path + [.field(entry.key)], &changes)
            }
        case (.map?, nil) where path.isSection, (nil, .map?) where path.isSection:
            compare(before ?? .map([]), after ?? .map([]), path, &changes)
        case (let old, let new) where isKeyed(old) || isKeyed(new):
            compareLists(parts(old), parts(new), path, &changes)
        default:
            changes.append(ChangeWording.change(path, before, after))
        }
    }

    private static func compareLists(
        _ before: [(key: String, tree: Tree)], _ after: [(key: String, tree: Tree)], _ path: [PathStep],
        _ changes: inout [AgreementChange]
    ) {
        for part in after {
            let old = before.first { $0.key == part.key }?.tree
            compare(old, part.tree, path + [.part(part.key)], &changes)
        }
        for part in before where !after.contains(where: { $0.key == part.key }) {
            compare(part.tree, nil, path + [.part(part.key)], &changes)
        }
        let kept = after.map(\.key).filter { key in before.contains { $0.key == key } }
        let order = before.map(\.key).filter(kept.contains)
        if kept != order { changes.append(ChangeWording.reordered(path, order, kept)) }
    }

    private static func isKeyed(_ tree: Tree?) -> Bool {
        guard case .list(let parts) = tree, !parts.isEmpty else { return false }
        return parts.allSatisfy { key(of: $0) != nil }
    }

    private static func parts(_ tree: Tree?) -> [(key: String, tree: Tree)] {
        guard case .list(let parts) = tree else { return [] }
        return parts.compactMap { part in key(of: part).map { ($0, part) } }
    }

    private static func key(of tree: Tree) -> String? {
        for name in ["id", "code", "name", "kind", "date"] {
            if case .text(let text) = tree[name] { return text }
        }
        return nil
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
