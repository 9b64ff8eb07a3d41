import Criteria

/// A condition or its opposite.
struct Literal: Hashable {
    enum Condition: Hashable {
        case leaf(Criteria.Leaf)
        case behaviour(Criteria.Behaviour)
    }

    var condition: Condition
    /// Holds where the condition is false; where it is unknown neither holds.
    var isNegated: Bool
}

extension Criteria {
    private static let mostConjunctions = 64
    private static let mostLiterals = 64

    /// Disjunctive normal form: the criteria are true exactly where all literals of one of the conjunctions hold.
    ///
    /// - Returns: nil where that would be long.
    func conjunctions(negated: Bool = false) -> [[Literal]]? {
        switch self {
        case .leaf(let leaf): [[Literal(condition: .leaf(leaf), isNegated: negated)]]
        case .behaviour(let behaviour): [[Literal(condition: .behaviour(behaviour), isNegated: negated)]]
        case .all(let parts): negated ? Self.union(parts, negated: true) : Self.product(parts, negated: false)
        case .any(let parts): negated ? Self.product(parts, negated: true) : Self.union(parts, negated: false)
        // None of them is the opposite of any of them.
        case .none(let parts): negated ? Self.union(parts, negated: false) : Self.product(parts, negated: true)
        }
    }

    private static func union(_ parts: [Criteria], negated: Bool) -> [[Literal]]? {
        var all: [[Literal]] = []
        for part in parts {
            guard let more = part.conjunctions(negated: negated) else { return nil }
            all += more
            guard all.count <= mostConjunctions else { return nil }
        }
        return all
    }

    private static func product(_ parts: [Criteria], negated: Bool) -> [[Literal]]? {
        var all: [[Literal]] = [[]]
        for part in parts {
            guard let more = part.conjunctions(negated: negated), all.count * more.count <= mostConjunctions else {
                return nil
            }
            all = all.flatMap { left in more.map { left + $0 } }
            guard all.allSatisfy({ $0.count <= mostLiterals }) else { return nil }
        }
        return all
    }
}
