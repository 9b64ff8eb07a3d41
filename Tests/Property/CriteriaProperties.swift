import Criteria
import Kernel
import Testing

@testable import ICPDomain

/// Laws of criteria over random trees and records. A failure prints its seed: run that one alone to replay it.
@Suite struct CriteriaProperties {
    static let seeds = Array(UInt64(1)...200)

    @Test(arguments: seeds)
    func compiledEvaluationEqualsTheNaiveOne(seed: UInt64) throws {
        var random = CriteriaGenerator(seed: seed)
        let tree = random.tree(depth: 4)
        let compiled = try CompiledCriteria(tree, catalogue: CriteriaGenerator.catalogue)
        for _ in 0..<20 {
            let values = random.values()
            let facts = random.facts()
            let naive = NaiveEvaluator(values: values, facts: facts, now: CriteriaGenerator.now).verdict(tree)
            let record = CriteriaGenerator.record(values)
            let behaviour = facts.map {
                BehaviourFact(kind: $0.kind, occurredAt: $0.at, record: CriteriaGenerator.record($0.values))
            }
            let fast = compiled.evaluate(record, behaviour: behaviour, now: CriteriaGenerator.now)
            #expect(fast == naive, "seed \(seed): \(tree) over \(values) and \(facts)")
            let slow = compiled.explain(record, behaviour: behaviour, now: CriteriaGenerator.now).verdict
            #expect(slow == naive, "explained, seed \(seed): \(tree) over \(values)")
        }
    }

    /// Fifty trees over few fields with few values: most conditions are shared.
    @Test(arguments: seeds.prefix(50))
    func criteriaTogetherComeToWhatEachComesToAlone(seed: UInt64) throws {
        var random = CriteriaGenerator(seed: seed)
        let criteria = try (0..<50).map { _ in
            try CompiledCriteria(random.tree(depth: 4), catalogue: CriteriaGenerator.catalogue)
        }
        let set = CriteriaSet(criteria)
        #expect(set.conditions < criteria.reduce(0) { $0 + $1.conditions }, "seed \(seed)")
        for _ in 0..<20 {
            let record = CriteriaGenerator.record(random.values())
            let behaviour = random.facts().map {
                BehaviourFact(kind: $0.kind, occurredAt: $0.at, record: CriteriaGenerator.record($0.values))
            }
            let together = set.verdicts(record, behaviour: behaviour, now: CriteriaGenerator.now)
            let alone = criteria.map { $0.evaluate(record, behaviour: behaviour, now: CriteriaGenerator.now) }
            #expect(together == alone, "seed \(seed)")
        }
    }

    @Test(arguments: seeds)
    func whatIsWrittenReadsBackTheSame(seed: UInt64) throws {
        var random = CriteriaGenerator(seed: seed)
        let tree = random.tree(depth: 4)
        let faults = FaultList()
        let document = try Tree.parse(tree.tree.canonicalJSON)
        let again = CriteriaReader(faults: faults).read(document, "when", depth: 1)
        #expect(again == tree, "seed \(seed): \(faults.faults(by: nil))")
    }

    /// Knowing more never turns a true verdict false or a false one true.
    @Test(arguments: seeds)
    func knowledgeOnlySettlesWhatWasUnknown(seed: UInt64) throws {
        var random = CriteriaGenerator(seed: seed)
        let tree = random.tree(depth: 4, withPresence: false)
        let compiled = try CompiledCriteria(tree, catalogue: CriteriaGenerator.catalogue)
        let values = random.values(density: 1)
        let full = compiled.evaluate(CriteriaGenerator.record(values), now: CriteriaGenerator.now)
        for _ in 0..<10 {
            let fewer = values.filter { _ in random.chance(0.5) }
            let partial = compiled.evaluate(CriteriaGenerator.record(fewer), now: CriteriaGenerator.now)
            #expect(partial == .unknown || partial == full, "seed \(seed)")
        }
    }
}

/// Random trees and records over a few fields with few values, so that they meet.
struct CriteriaGenerator {
    struct Fact {
        var kind: String
        var at: Instant
        var values: [String: FieldValue]
    }

    static let now = Instant(seconds: 1_780_000_000)
    static let catalogue = FieldCatalogue(custom: [("flag", .boolean), ("day", .date)])
    static let words = ["Alpha", "beta", "GAMMA", "al", "ph", "mma", "ü", "Beta Alpha"]
    private static let kinds = ["view", "click"]
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func word() -> FieldValue { .text(Self.words[int(0...Self.words.count - 1)]) }

    mutating func words(_ count: ClosedRange<Int>) -> FieldValue {
        .list((0..<int(count)).map { _ in word() })
    }

    static func record(_ values: [String: FieldValue]) -> FieldRecord {
        var record = FieldRecord(catalogue)
        for (name, value) in values { record[name] = value }
        return record
    }

    mutating func values(density: Double = 0.7) -> [String: FieldValue] {
        var values: [String: FieldValue] = [:]
        if chance(density) { values["company.name"] = word() }
        if chance(density) { values["company.employees"] = .number(Double(int(0...5))) }
        if chance(density) { values["company.technologies"] = words(1...3) }
        if chance(density) { values["custom.flag"] = .boolean(chance(0.5)) }
        if chance(density) { values["custom.day"] = .date(moment()) }
        return values
    }

    mutating func facts() -> [Fact] {
        (0..<int(0...4)).map { _ in
            Fact(
                kind: Self.kinds[int(0...1)], at: moment(),
                values: chance(0.6) ? ["engagement.content_id": word()] : [:])
        }
    }

    /// Within six days before now or one after it, on whole days, so that bounds are hit.
    private mutating func moment() -> Instant {
        Self.now.adding(TimeSpan(microseconds: -TimeSpan.days(Int64(int(-1...6))).microseconds))
    }

    mutating func tree(depth: Int, withPresence: Bool = true) -> Criteria {
        guard depth > 1, chance(0.7) else { return leaf(withPresence) }
        let parts = (0..<int(1...3)).map { _ in tree(depth: depth - 1, withPresence: withPresence) }
        switch int(0...2) {
        case 0: return .all(parts)
        case 1: return .any(parts)
        default: return .none(parts)
        }
    }

    private mutating func leaf(_ withPresence: Bool) -> Criteria {
        switch int(0...(withPresence ? 6 : 4)) {
        case 0: return field("company.name", textTest("company.name"))
        case 1: return field("company.employees", numberTest())
        case 2: return field("company.technologies", listTest())
        case 3: return field("custom.flag", (chance(0.5) ? .eq : .ne, .boolean(chance(0.5))))
        case 4: return field("custom.day", dateTest())
        case 5: return field("company.name", (chance(0.5) ? .exists : .missing, nil))
        default: return behaviour()
        }
    }

    private func field(_ name: String, _ test: (CriteriaOperator, FieldValue?)) -> Criteria {
        .leaf(Criteria.Leaf(field: name, op: test.0, value: test.1))
    }

    private mutating func textTest(_ name: String) -> (CriteriaOperator, FieldValue?) {
        switch int(0...9) {
        case 0: (.eq, word())
        case 1: (.ne, word())
        case 2: (.isIn, words(1...3))
        case 3: (.notIn, words(1...3))
        case 4: (.contains, word())
        case 5: (.containsAny, words(1...3))
        case 6: (.containsAll, words(1...2))
        case 7: (.startsWith, word())
        case 8: (.endsWith, word())
        default: (.glob, .text(["*a*", "b?ta*", "*", "?", "*alpha", "G*A"][int(0...5)]))
        }
    }

    private mutating func numberTest() -> (CriteriaOperator, FieldValue?) {
        let value = FieldValue.number(Double(int(0...5)))
        switch int(0...8) {
        case 0: return (.eq, value)
        case 1: return (.ne, value)
        case 2: return (.lt, value)
        case 3: return (.lte, value)
        case 4: return (.gt, value)
        case 5: return (.gte, value)
        case 6: return (.isIn, .list([value, .number(9)]))
        case 7: return (.notIn, .list([value, .number(9)]))
        default:
            let low = int(0...5)
            return (.between, .list([.number(Double(low)), .number(Double(int(low...5)))]))
        }
    }

    private mutating func listTest() -> (CriteriaOperator, FieldValue?) {
        switch int(0...2) {
        case 0: (.contains, word())
        case 1: (.containsAny, words(1...3))
        default: (.containsAll, words(1...2))
        }
    }

    private mutating func dateTest() -> (CriteriaOperator, FieldValue?) {
        let day = FieldValue.text(moment().text)
        switch int(0...7) {
        case 0: return (.eq, day)
        case 1: return (.ne, day)
        case 2: return (.lt, day)
        case 3: return (.lte, day)
        case 4: return (.gt, day)
        case 5: return (.gte, day)
        case 6: return (.within, .text("\(int(1...5))d"))
        default: return (.olderThan, .text("\(int(1...5))d"))
        }
    }

    private mutating func behaviour() -> Criteria {
        let filter: Criteria? = chance(0.5) ? field("engagement.content_id", textTest("")) : nil
        let low = chance(0.5) ? int(0...3) : nil
        let high = chance(0.3) ? int((low ?? 0)...4) : nil
        return .behaviour(
            Criteria.Behaviour(
                event: Self.kinds[int(0...1)], filter: filter, within: chance(0.5) ? .days(Int64(int(1...5))) : nil,
                atLeast: low, atMost: high))
    }
}

/// The semantics written down a second time, slowly and straight from the tree.
struct NaiveEvaluator {
    let values: [String: FieldValue]
    let facts: [CriteriaGenerator.Fact]
    let now: Instant

    func verdict(_ tree: Criteria) -> Verdict {
        switch tree {
        case .all(let parts):
            let verdicts = parts.map(verdict)
            if verdicts.contains(.false) { return .false }
            return verdicts.contains(.unknown) ? .unknown : .true
        case .any(let parts): return any(parts)
        case .none(let parts):
            switch any(parts) {
            case .true: return .false
            case .false: return .true
            case .unknown: return .unknown
            }
        case .leaf(let leaf): return verdict(leaf)
        case .behaviour(let behaviour): return verdict(behaviour)
        }
    }

    private func any(_ parts: [Criteria]) -> Verdict {
        let verdicts = parts.map(verdict)
        if verdicts.contains(.true) { return .true }
        return verdicts.contains(.unknown) ? .unknown : .false
    }

    private func verdict(_ leaf: Criteria.Leaf) -> Verdict {
        let found = values[leaf.field]
        if leaf.op == .exists { return found == nil ? .false : .true }
        if leaf.op == .missing { return found == nil ? .true : .false }
        guard let found, let wanted = leaf.value else { return .unknown }
        return holds(found, leaf.op, wanted) ? .true : .false
    }

    private func holds(_ found: FieldValue, _ op: CriteriaOperator, _ wanted: FieldValue) -> Bool {
        switch (found, op, wanted) {
        case (_, .ne, _): return !holds(found, .eq, wanted)
        case (_, .notIn, _): return !holds(found, .isIn, wanted)
        case (_, .isIn, .list(let wanted)): return wanted.contains { holds(found, .eq, $0) }
        case (.text(let found), .containsAny, .list(let parts)):
            return parts.contains { holds(.text(found), .contains, $0) }
        case (.text(let found), .containsAll, .list(let parts)):
            return parts.allSatisfy { holds(.text(found), .contains, $0) }
        case (.text(let found), _, .text(let wanted)): return textHolds(low(found), op, low(wanted))
        case (.number(let found), .between, .list(let bounds)):
            return bounds[0] == .number(found) || bounds[1] == .number(found)
                || (holds(.number(found), .gt, bounds[0]) && holds(.number(found), .lt, bounds[1]))
        case (.number(let found), _, .number(let wanted)): return ordered(found, op, wanted)
        case (.boolean(let found), .eq, .boolean(let wanted)): return found == wanted
        case (.list(let entries), .contains, _): return entries.contains { holds($0, .eq, wanted) }
        case (.list, .containsAny, .list(let parts)): return parts.contains { holds(found, .contains, $0) }
        case (.list, .containsAll, .list(let parts)): return parts.allSatisfy { holds(found, .contains, $0) }
        case (.date(let found), _, .text(let text)): return dateHolds(found, op, text)
        default: return false
        }
    }

    private func low(_ text: String) -> String { text.lowercased() }

    private func textHolds(_ found: String, _ op: CriteriaOperator, _ wanted: String) -> Bool {
        switch op {
        case .eq: found == wanted
        case .contains: found.indices.contains { found[$0...].hasPrefix(wanted) }
        case .startsWith: found.hasPrefix(wanted)
        case .endsWith: found.hasSuffix(wanted)
        case .glob: matches(Array(wanted)[...], Array(found)[...])
        default: false
        }
    }

    /// Straight from the definition, by backing up.
    private func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        guard let character = text.first, first == "?" || first == character else { return false }
        return matches(pattern.dropFirst(), text.dropFirst())
    }

    private func ordered<Value: Comparable>(_ found: Value, _ op: CriteriaOperator, _ wanted: Value) -> Bool {
        switch op {
        case .eq: found == wanted
        case .lt: found < wanted
        case .lte: found <= wanted
        case .gt: found > wanted
        case .gte: found >= wanted
        default: false
        }
    }

    private func dateHolds(_ found: Instant, _ op: CriteriaOperator, _ text: String) -> Bool {
        let age = now.microseconds - found.microseconds
        switch op {
        case .within: return age >= 0 && age <= (TimeSpan(text: text)?.microseconds ?? -1)
        case .olderThan: return age > (TimeSpan(text: text)?.microseconds ?? .max)
        default: return Instant(text: text).map { ordered(found, op, $0) } ?? false
        }
    }

    private func verdict(_ behaviour: Criteria.Behaviour) -> Verdict {
        let inTime = facts.filter { fact in
            let age = now.microseconds - fact.at.microseconds
            return fact.kind == behaviour.event && age >= 0
                && behaviour.within.map { age <= $0.microseconds } ?? true
        }
        let verdicts = inTime.map { fact in
            behaviour.filter.map { NaiveEvaluator(values: fact.values, facts: [], now: now).verdict($0) } ?? .true
        }
        let certain = verdicts.count { $0 == .true }
        let open = verdicts.count { $0 == .unknown }
        // Every way in which the open ones may turn out.
        let outcomes = Set((0...open).map { extra in isWithin(certain + extra, behaviour) })
        return outcomes.count > 1 ? .unknown : outcomes.contains(true) ? .true : .false
    }

    private func isWithin(_ count: Int, _ behaviour: Criteria.Behaviour) -> Bool {
        let least = behaviour.atLeast ?? (behaviour.atMost == nil ? 1 : 0)
        return count >= least && count <= behaviour.atMost ?? .max
    }
}
