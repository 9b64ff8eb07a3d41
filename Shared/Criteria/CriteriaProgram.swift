import Kernel

/// A tree of criteria laid flat in the order of the tree: a group is followed by its parts.
final class CriteriaProgram: Sendable {
    struct Node: Sendable {
        enum Kind: Sendable { case all, any, none, field, behaviour }

        var kind: Kind
        /// Of a leaf: its slot in the record.
        var slot: Int32 = 0
        /// Of a leaf or a behaviour: its place among the tests.
        var test: Int32 = 0
        /// The node behind the last part of this one.
        var end: Int32 = 0
    }

    /// What a reason says of a leaf besides its verdict.
    struct Label: Sendable {
        var path: String
        var field: String
        var op: String
        var expected: FieldValue?
    }

    let nodes: [Node]
    let tests: [FieldTest]
    let behaviours: [BehaviourTest]
    /// By node.
    let labels: [Label?]
    let needs: CriteriaNeeds

    init(nodes: [Node], tests: [FieldTest], behaviours: [BehaviourTest], labels: [Label?]) {
        self.nodes = nodes
        self.tests = tests
        self.behaviours = behaviours
        self.labels = labels
        needs = CriteriaNeeds(nodes, tests, behaviours)
    }

    func verdict(_ index: Int, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant) -> Verdict {
        let node = nodes[index]
        switch node.kind {
        case .field: return tests[Int(node.test)].verdict(record.cell(Int(node.slot)), now: now)
        case .behaviour: return behaviours[Int(node.test)].verdict(facts, now: now)
        case .all: return group(index, node, record, facts, now, decidedBy: .false, otherwise: .true)
        case .any: return group(index, node, record, facts, now, decidedBy: .true, otherwise: .false)
        case .none: return group(index, node, record, facts, now, decidedBy: .true, otherwise: .false).negated
        }
    }

    private func group(
        _ index: Int, _ node: Node, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant,
        decidedBy decisive: Verdict, otherwise: Verdict
    ) -> Verdict {
        var result = otherwise
        var part = index + 1
        while part < Int(node.end) {
            let verdict = verdict(part, record, facts, now)
            if verdict == decisive { return decisive }
            if verdict == .unknown { result = .unknown }
            part = Int(nodes[part].end)
        }
        return result
    }

    func explain(
        _ index: Int, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant,
        into reasons: inout [LeafReason]
    ) -> Verdict {
        let node = nodes[index]
        if let label = labels[index] {
            let found: FieldValue? =
                node.kind == .field
                ? record[slot: Int(node.slot)]
                : .number(Double(behaviours[Int(node.test)].count(facts, now: now).certain))
            let verdict = verdict(index, record, facts, now)
            reasons.append(
                LeafReason(
                    path: label.path, field: label.field, op: label.op, expected: label.expected, found: found,
                    verdict: verdict))
            return verdict
        }
        var result: Verdict = node.kind == .all ? .true : .false
        var part = index + 1
        while part < Int(node.end) {
            let verdict = explain(part, record, facts, now, into: &reasons)
            result = node.kind == .all ? result.and(verdict) : result.or(verdict)
            part = Int(nodes[part].end)
        }
        return node.kind == .none ? result.negated : result
    }
}

/// How often something was done, compared with bounds.
struct BehaviourTest: Sendable {
    let event: String
    let filter: CriteriaProgram?
    /// Microseconds.
    let within: Int64?
    let atLeast: Int
    let atMost: Int?

    /// Facts whose filter is unknown may count or not, so the count itself is a range.
    func count(_ facts: [BehaviourFact], now: Instant) -> (certain: Int, possible: Int) {
        var certain = 0
        var possible = 0
        for fact in facts where fact.kind == event && isInTime(fact, now) {
            switch filter?.verdict(0, fact.record, [], now) ?? .true {
            case .true:
                certain += 1
                possible += 1
            case .unknown: possible += 1
            case .false: break
            }
        }
        return (certain, possible)
    }

    func verdict(_ facts: [BehaviourFact], now: Instant) -> Verdict {
        let (certain, possible) = count(facts, now: now)
        let enough: Verdict = certain >= atLeast ? .true : possible < atLeast ? .false : .unknown
        guard let atMost else { return enough }
        let few: Verdict = possible <= atMost ? .true : certain > atMost ? .false : .unknown
        return enough.and(few)
    }

    /// From `within` ago until now; what has yet to happen never counts.
    private func isInTime(_ fact: BehaviourFact, _ now: Instant) -> Bool {
        fact.occurredAt <= now && within.map { fact.occurredAt.microseconds >= now.microseconds - $0 } ?? true
    }
}
