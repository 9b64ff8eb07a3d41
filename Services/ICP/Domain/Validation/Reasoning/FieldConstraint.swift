import Criteria
import Kernel

/// What a conjunction says of one field: where all of it holds, the field's value lies in every part of this.
struct FieldConstraint {
    /// A value of a field that is no list; dates are their microseconds.
    enum Atom: Hashable {
        case text(String)
        case number(Double)
        case boolean(Bool)
    }

    let field: FieldCatalogue.Field
    let catalogue: FieldCatalogue
    private(set) var isPresent = false
    private(set) var isAbsent = false
    /// Of numbers and dates.
    private(set) var range = Interval.all
    /// Of dates: microseconds before now.
    private(set) var age = Interval.all
    private(set) var oneOf: Set<Atom>?
    private(set) var except: Set<Atom> = []
    /// What nothing above expresses.
    private(set) var further: Set<Literal> = []
    /// The values that are left, where they are few; known once it is settled.
    private(set) var atoms: Set<Atom>?

    struct Interval: Hashable {
        var low: Double
        var high: Double

        static let all = Interval(low: -.infinity, high: .infinity)

        var isEmpty: Bool { low > high }

        func contains(_ value: Double) -> Bool { low <= value && value <= high }

        func contains(_ atom: Atom) -> Bool {
            if case .number(let number) = atom { contains(number) } else { false }
        }

        func isWithin(_ other: Interval) -> Bool { low >= other.low && high <= other.high }

        mutating func cut(to other: Interval) {
            low = max(low, other.low)
            high = min(high, other.high)
        }
    }

    /// So many values are looked at one by one.
    private static let mostAtoms = 1_000

    init(_ field: FieldCatalogue.Field, _ catalogue: FieldCatalogue) {
        self.field = field
        self.catalogue = catalogue
    }

    mutating func add(_ leaf: Criteria.Leaf, negated: Bool) {
        switch LeafMeaning(leaf, negated: negated, type: field.type) {
        case .present: isPresent = true
        case .absent: isAbsent = true
        case .range(let interval):
            isPresent = true
            range.cut(to: interval)
        case .age(let interval):
            isPresent = true
            age.cut(to: interval)
        case .oneOf(let atoms):
            isPresent = true
            oneOf = oneOf?.intersection(atoms) ?? atoms
        case .except(let atoms):
            isPresent = true
            except.formUnion(atoms)
        case .other:
            isPresent = true
            further.insert(Literal(condition: .leaf(leaf), isNegated: negated))
        }
    }

    /// Ends the gathering.
    mutating func settle() {
        guard let oneOf, oneOf.count <= Self.mostAtoms else { return }
        let tests = further.filter { !$0.isRelative }.map { LeafEvaluation($0, field, catalogue) }
        atoms = oneOf.filter { atom in
            if case .number(let number) = atom, !range.contains(number) { return false }
            return !except.contains(atom) && tests.allSatisfy { $0.holds(for: atom) }
        }
    }

    /// No value is left: sure where it is true.
    var isEmpty: Bool {
        if isPresent && isAbsent || range.isEmpty || age.isEmpty { return true }
        if range.low == range.high, except.contains(.number(range.low)) { return true }
        return atoms?.isEmpty ?? false
    }

    /// Some value is left: sure where it is true.
    var isSurelyPossible: Bool {
        !isEmpty && further.isEmpty && (age == .all || (range == .all && except.isEmpty && oneOf == nil))
    }

    /// Whether every value that is left meets a literal on the same field: sure where it is true.
    func implies(_ leaf: Criteria.Leaf, negated: Bool) -> Bool {
        let literal = Literal(condition: .leaf(leaf), isNegated: negated)
        if further.contains(literal) { return true }
        let meaning = LeafMeaning(leaf, negated: negated, type: field.type)
        if case .absent = meaning { return isAbsent }
        guard isPresent else { return false }
        switch meaning {
        case .present, .absent: return true
        case .age(let interval): return age.isWithin(interval)
        case .range(let interval): return atoms?.allSatisfy(interval.contains) ?? range.isWithin(interval)
        case .oneOf(let wanted):
            return atoms?.isSubset(of: wanted)
                ?? (range.low == range.high && wanted.contains(.number(range.low)))
        case .except(let excluded): return atoms?.isDisjoint(with: excluded) ?? excluded.allSatisfy(rulesOut)
        case .other:
            if let atoms, !literal.isRelative {
                let evaluation = LeafEvaluation(literal, field, catalogue)
                return atoms.allSatisfy { evaluation.holds(for: $0) }
            }
            return !negated && further.contains { Self.implies($0, leaf, field.type) }
        }
    }

    private func rulesOut(_ atom: Atom) -> Bool {
        if except.contains(atom) || !(oneOf?.contains(atom) ?? true) { return true }
        if case .number(let number) = atom { return !range.contains(number) }
        return false
    }

    /// Between leaves about parts of texts, or entries of lists.
    private static func implies(_ literal: Literal, _ wanted: Criteria.Leaf, _ type: FieldType) -> Bool {
        guard case .leaf(let given) = literal.condition, !literal.isNegated else { return false }
        let (have, want) = (given.texts, wanted.texts)
        func covers(_ part: String, _ whole: String) -> Bool {
            type == .list ? part == whole : Array(whole.utf8).contains(Array(part.utf8))
        }
        switch (given.op, wanted.op) {
        case (.containsAny, .containsAny), (.containsAny, .contains):
            return have.allSatisfy { whole in want.contains { covers($0, whole) } }
        case (.contains, .contains), (.contains, .containsAny), (.startsWith, .contains), (.startsWith, .containsAny),
            (.endsWith, .contains), (.endsWith, .containsAny), (.containsAll, .contains), (.containsAll, .containsAny):
            return have.contains { whole in want.contains { covers($0, whole) } }
        case (.contains, .containsAll), (.containsAll, .containsAll), (.startsWith, .containsAll),
            (.endsWith, .containsAll):
            return want.allSatisfy { part in have.contains { covers(part, $0) } }
        case (.startsWith, .startsWith): return have[0].utf8.starts(with: want[0].utf8)
        case (.endsWith, .endsWith): return have[0].utf8.reversed().starts(with: want[0].utf8.reversed())
        default: return false
        }
    }
}

extension Literal {
    /// Whether it depends on what time it is.
    fileprivate var isRelative: Bool {
        guard case .leaf(let leaf) = condition else { return true }
        return leaf.op == .within || leaf.op == .olderThan
    }
}

extension Criteria.Leaf {
    /// The texts that it compares with, as evaluation folds them.
    fileprivate var texts: [String] {
        switch value {
        case .list(let entries)?: entries.map { $0.text.lowercased() }
        case let one?: [one.text.lowercased()]
        case nil: []
        }
    }
}

/// What it takes for a leaf, or its opposite, to hold.
enum LeafMeaning {
    case present, absent
    case range(FieldConstraint.Interval)
    case age(FieldConstraint.Interval)
    case oneOf(Set<FieldConstraint.Atom>)
    case except(Set<FieldConstraint.Atom>)
    case other

    /// Whole microseconds and their like are exact up to here.
    private static let exact = 9_007_199_254_740_991.0

    init(_ leaf: Criteria.Leaf, negated: Bool, type: FieldType) {
        self = .other
        switch (leaf.op, negated) {
        case (.exists, false), (.missing, true): self = .present
        case (.missing, false), (.exists, true): self = .absent
        case (.eq, _), (.isIn, _), (.ne, _), (.notIn, _):
            guard let atoms = Self.atoms(leaf.value, type) else { return }
            if (leaf.op == .eq || leaf.op == .isIn) != negated {
                self = .oneOf(atoms)
            } else if type == .boolean {
                self = .oneOf(Set([.boolean(true), .boolean(false)]).subtracting(atoms))
            } else {
                self = .except(atoms)
            }
        case (.lt, false), (.gte, true), (.lte, false), (.gt, true), (.gt, false), (.lte, true), (.gte, false),
            (.lt, true), (.between, false):
            guard let interval = Self.interval(leaf, negated: negated, type) else { return }
            self = .range(interval)
        case (.within, false): self = Self.age(leaf) { .init(low: 0, high: $0) }
        case (.olderThan, false): self = Self.age(leaf) { .init(low: $0 + 1, high: .infinity) }
        case (.olderThan, true): self = Self.age(leaf) { .init(low: -.infinity, high: $0) }
        default: return
        }
    }

    private static func age(
        _ leaf: Criteria.Leaf, _ interval: (Double) -> FieldConstraint.Interval
    ) -> LeafMeaning {
        guard case .text(let text)? = leaf.value, let span = TimeSpan(text: text) else { return .other }
        return .age(interval(Double(span.microseconds)))
    }

    private static func interval(
        _ leaf: Criteria.Leaf, negated: Bool, _ type: FieldType
    ) -> FieldConstraint.Interval? {
        if leaf.op == .between {
            guard case .list(let bounds)? = leaf.value, bounds.count == 2, let low = number(bounds[0], type),
                let high = number(bounds[1], type)
            else { return nil }
            return .init(low: low, high: high)
        }
        guard let value = leaf.value.flatMap({ number($0, type) }) else { return nil }
        let (below, above) = type == .date ? (value - 1, value + 1) : (value.nextDown, value.nextUp)
        switch (leaf.op, negated) {
        case (.lt, false), (.gte, true): return .init(low: -.infinity, high: below)
        case (.lte, false), (.gt, true): return .init(low: -.infinity, high: value)
        case (.gt, false), (.lte, true): return .init(low: above, high: .infinity)
        default: return .init(low: value, high: .infinity)
        }
    }

    private static func atoms(_ value: FieldValue?, _ type: FieldType) -> Set<FieldConstraint.Atom>? {
        guard let value, type != .list else { return nil }
        let values = if case .list(let entries) = value { entries } else { [value] }
        var atoms: Set<FieldConstraint.Atom> = []
        for value in values {
            guard let atom = atom(value, type) else { return nil }
            atoms.insert(atom)
        }
        return atoms
    }

    private static func atom(_ value: FieldValue, _ type: FieldType) -> FieldConstraint.Atom? {
        switch (type, value) {
        case (.text, .text(let text)): .text(text.lowercased())
        case (.boolean, .boolean(let boolean)): .boolean(boolean)
        case (.number, _), (.date, _): number(value, type).map { .number($0) }
        default: nil
        }
    }

    private static func number(_ value: FieldValue, _ type: FieldType) -> Double? {
        switch (type, value) {
        case (.number, .number(let number)): return number
        case (.date, .date(let date)): return Double(date.microseconds)
        case (.date, .text(let text)):
            guard let date = Instant(text: text), abs(Double(date.microseconds)) < exact else { return nil }
            return Double(date.microseconds)
        default: return nil
        }
    }
}

/// A literal on a field, asked of single values.
struct LeafEvaluation {
    private let compiled: CompiledCriteria?
    private let field: FieldCatalogue.Field
    private let catalogue: FieldCatalogue

    init(_ literal: Literal, _ field: FieldCatalogue.Field, _ catalogue: FieldCatalogue) {
        self.field = field
        self.catalogue = catalogue
        guard case .leaf(let leaf) = literal.condition else {
            compiled = nil
            return
        }
        let criteria = literal.isNegated ? Criteria.none([.leaf(leaf)]) : .leaf(leaf)
        compiled = try? CompiledCriteria(criteria, catalogue: catalogue)
    }

    func holds(for atom: FieldConstraint.Atom) -> Bool {
        var record = FieldRecord(catalogue)
        switch atom {
        case .text(let text): record[field.name] = .text(text)
        case .boolean(let boolean): record[field.name] = .boolean(boolean)
        case .number(let number):
            record[field.name] =
                field.type == .date ? .date(Instant(microseconds: Int64(number))) : .number(number)
        }
        return compiled?.evaluate(record, now: Instant(seconds: 0)) == .true
    }
}
