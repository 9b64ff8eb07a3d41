/// Says a change as people would.
enum ChangeWording {
    static func change(_ path: [PathStep], _ before: Tree?, _ after: Tree?) -> AgreementChange {
        let (old, new) = texts(path, before, after)
        return change(path, old, new, sentence(Subject(path), before, after, old, new))
    }

    /// A new part of a list; where the order counts, with the part that it stands before.
    static func added(_ path: [PathStep], _ tree: Tree, before next: String?) -> AgreementChange {
        let subject = Subject(path)
        let new = TreeText.text(tree, isCriteria: false)
        let place = subject.isOrdered ? next.map { " (before \($0))" } ?? "" : ""
        return change(path, "", new, "new \(subject.text)\(place)\(new.isEmpty ? "" : ": \(new)")")
    }

    static func reordered(_ path: [PathStep], _ before: [String], _ after: [String]) -> AgreementChange {
        let (old, new) = (before.joined(separator: ", "), after.joined(separator: ", "))
        return change(path, old, new, "the order of \(Subject(path).plural) is now \(new)")
    }

    private static func change(
        _ path: [PathStep], _ before: String, _ after: String, _ sentence: String
    ) -> AgreementChange {
        let section = if case .field(let name)? = path.first, path.count > 1 { name } else { "agreement" }
        return AgreementChange(section: section, path: path.text, before: before, after: after, sentence: sentence)
    }

    /// Values that differ must look different: where their words are the same, their JSON is shown.
    private static func texts(_ path: [PathStep], _ before: Tree?, _ after: Tree?) -> (String, String) {
        func words(_ tree: Tree?) -> String {
            tree.map { TreeText.text($0, isCriteria: path.isCriteria) } ?? ""
        }
        let (old, new) = (words(before), words(after))
        return old == new ? (before?.canonicalJSON ?? "", after?.canonicalJSON ?? "") : (old, new)
    }

    private static func sentence(
        _ subject: Subject, _ before: Tree?, _ after: Tree?, _ old: String, _ new: String
    ) -> String {
        if subject.isWholePart { return "\(subject.text) is gone (was: \(old))" }
        switch subject.field {
        case "requires", "when", "where": return criteria(subject, before, after, old, new)
        default: return list(subject, before, after) ?? "\(subject.text) \(shown(old)) -> \(shown(new))"
        }
    }

    private static func shown(_ text: String) -> String { text.isEmpty ? "none" : text }

    // MARK: - Criteria

    private static func criteria(
        _ subject: Subject, _ before: Tree?, _ after: Tree?, _ old: String, _ new: String
    ) -> String {
        let owner = subject.owner.isEmpty ? subject.text : subject.owner
        let isWhere = subject.field == "where"
        guard let before, let after else {
            if subject.field == "requires" {
                return before == nil ? "\(owner) now also needs \(new)" : "\(owner) no longer needs \(old)"
            }
            if after == nil, subject.isOfPropertyOrEvent, !isWhere {
                return "\(owner) is no longer about a property (was: \(old))"
            }
            let verb = isWhere ? "counts" : "holds"
            return before == nil
                ? "\(owner) now \(verb) only \(isWhere ? "where" : "when") \(new)"
                : "\(owner) now \(verb) always (was: \(old))"
        }
        let (gone, come) = (clauses(before).missing(in: clauses(after)), clauses(after).missing(in: clauses(before)))
        if gone.isEmpty, !come.isEmpty { return "\(owner) now also needs \(joined(come))" }
        if come.isEmpty, !gone.isEmpty { return "\(owner) no longer needs \(joined(gone))" }
        switch subject.field {
        case "requires": return "\(owner) needs \(new) (was: \(old))"
        case "where": return "\(owner) now counts where \(new) (was: \(old))"
        default: return "\(owner) now holds when \(new) (was: \(old))"
        }
    }

    /// What all has to hold.
    private static func clauses(_ criteria: Tree) -> [Tree] {
        guard case .list(let parts)? = criteria["all"] else { return [criteria] }
        return parts
    }

    private static func joined(_ clauses: [Tree]) -> String {
        clauses.map { CriteriaText.text($0, nested: clauses.count > 1) }.joined(separator: " and ")
    }

    // MARK: - Lists of words

    /// What came and what went; nil for anything else than two lists of words.
    private static func list(_ subject: Subject, _ before: Tree?, _ after: Tree?) -> String? {
        guard let old = words(before), let new = words(after), !old.isEmpty, !new.isEmpty else { return nil }
        let (gone, come) = (old.missing(in: new), new.missing(in: old))
        if gone.isEmpty, come.isEmpty { return "the order of \(subject.text) is now \(TreeText.list(new))" }
        let parts = [
            come.isEmpty ? nil : "now also \(TreeText.list(come))",
            gone.isEmpty ? nil : "no longer \(TreeText.list(gone))",
        ]
        return "\(subject.text): \(parts.compactMap { $0 }.joined(separator: ", "))"
    }

    private static func words(_ tree: Tree?) -> [Tree]? {
        guard case .list(let parts) = tree else { return nil }
        return parts.allSatisfy { if case .text = $0 { true } else { false } } ? parts : nil
    }
}

extension [Tree] {
    /// Those that the other list does not have, as often as it lacks them.
    fileprivate func missing(in other: [Tree]) -> [Tree] {
        var rest = other.map(\.sorted)
        return filter { part in
            guard let index = rest.firstIndex(of: part.sorted) else { return true }
            rest.remove(at: index)
            return false
        }
    }
}

/// Values in words, whole: two that differ are only the same in words where they look the same to people.
enum TreeText {
    static func text(_ tree: Tree, isCriteria: Bool) -> String {
        if isCriteria { return CriteriaText.text(tree) }
        switch tree {
        case .null: return "nothing"
        case .boolean(let boolean): return String(boolean)
        case .number(let number): return Tree.text(of: number)
        case .text(let text): return text
        case .list(let parts): return "[\(list(parts))]"
        case .map(let entries):
            return entries.filter { !["id", "code", "name"].contains($0.key) }.map { entry in
                let isCriteria = ["when", "where", "requires"].contains(entry.key)
                return "\(entry.key.replacing("_", with: " ")) \(text(entry.value, isCriteria: isCriteria))"
            }.joined(separator: ", ")
        }
    }

    static func list(_ parts: [Tree]) -> String {
        let isFlat = parts.allSatisfy(\.isScalar)
        return parts.map { text($0, isCriteria: false) }.joined(separator: isFlat ? ", " : "; ")
    }
}
