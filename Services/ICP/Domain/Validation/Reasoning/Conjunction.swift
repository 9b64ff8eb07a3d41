import Criteria

/// Conditions that all have to hold, gathered by field.
///
/// What it claims is sure; what it does not claim may be so all the same.
struct Conjunction {
    private(set) var fields: [String: FieldConstraint] = [:]
    private var behaviours: Set<Literal> = []
    private let catalogue: FieldCatalogue

    init(_ literals: [Literal], _ catalogue: FieldCatalogue) {
        self.catalogue = catalogue
        for literal in literals { add(literal) }
        for name in fields.keys { fields[name]?.settle() }
    }

    private mutating func add(_ literal: Literal) {
        switch literal.condition {
        case .behaviour: behaviours.insert(literal)
        case .leaf(let leaf):
            guard let field = catalogue[leaf.field] else { return }
            fields[leaf.field, default: FieldConstraint(field, catalogue)].add(leaf, negated: literal.isNegated)
        }
    }

    /// It can never hold.
    var isContradictory: Bool {
        fields.values.contains(where: \.isEmpty)
            || behaviours.contains { literal in
                behaviours.contains(Literal(condition: literal.condition, isNegated: !literal.isNegated))
            }
    }

    /// Some lead meets it.
    var isSurelyPossible: Bool {
        fields.values.allSatisfy(\.isSurelyPossible)
            && behaviours.allSatisfy { literal in
                if case .behaviour(let behaviour) = literal.condition {
                    behaviour.atMost == nil && !literal.isNegated
                } else {
                    false
                }
            }
    }

    /// Wherever it holds, the literals hold.
    func implies(_ literals: [Literal]) -> Bool {
        literals.allSatisfy { literal in
            switch literal.condition {
            case .leaf(let leaf): fields[leaf.field]?.implies(leaf, negated: literal.isNegated) ?? false
            case .behaviour(let wanted):
                behaviours.contains(literal)
                    || !literal.isNegated
                        && behaviours.contains { given in
                            guard case .behaviour(let behaviour) = given.condition, !given.isNegated else {
                                return false
                            }
                            return Self.implies(behaviour, wanted)
                        }
            }
        }
    }

    /// The same as often, in less time, of fewer kinds is enough.
    private static func implies(_ given: Criteria.Behaviour, _ wanted: Criteria.Behaviour) -> Bool {
        guard given.event == wanted.event, wanted.filter == nil || wanted.filter == given.filter, wanted.atMost == nil,
            (given.atLeast ?? (given.atMost == nil ? 1 : 0)) >= wanted.atLeast ?? 1
        else { return false }
        guard let within = wanted.within else { return true }
        return given.within.map { $0 <= within } ?? false
    }
}

/// Criteria as alternatives, to be compared with others.
struct Alternatives {
    let literals: [[Literal]]
    let conjunctions: [Conjunction]

    /// Nil where there are too many of them.
    init?(_ criteria: Criteria, _ catalogue: FieldCatalogue) {
        guard let literals = criteria.conjunctions() else { return nil }
        self.literals = literals
        conjunctions = literals.map { Conjunction($0, catalogue) }
    }

    /// The criteria can never hold.
    var areContradictory: Bool { conjunctions.allSatisfy(\.isContradictory) }

    /// Each alternative that can hold at all is one of the others' too: each of them by one of theirs alone.
    func areCovered(by others: [Alternatives]) -> Bool {
        let possible = conjunctions.filter { !$0.isContradictory }
        return !possible.isEmpty
            && possible.allSatisfy { conjunction in
                others.contains { $0.literals.contains { conjunction.implies($0) } }
            }
    }
}
