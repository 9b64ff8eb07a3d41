import Kernel

/// A tree of criteria laid flat in the order of the tree: a group is followed by its parts.
final class CriteriaProgram: Sendable {
    struct Node: Sendable {
        enum Kind: Sendable {
            case all, any, none, behaviour
            /// A leaf of any kind.
            case field
            /// A leaf on a number, from `low` to `high`.
            case number
            /// A leaf on a text, one of few: `hashes` of theirs.
            case among
        }

        var kind: Kind
        /// Of a leaf: its slot in the record.
        var slot: Int32 = 0
        /// Of a leaf or a behaviour: its place among the tests.
        var test: Int32 = 0
        /// The node behind the last part of this one.
        var end: Int32 = 0
        /// Of a number or of one among texts: whether it is to be outside.
        var isNegated = false
        var low = 0.0
        var high = 0.0
        var hashes: Range<Int32> = 0..<0

        /// Whether it is a leaf on a field, which its slot names.
        var readsField: Bool {
            switch kind {
            case .field, .number, .among: true
            case .all, .any, .none, .behaviour: false
            }
        }
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
    let hashes: [Int]
    /// By node.
    let labels: [Label?]
    let needs: CriteriaNeeds

    init(nodes: [Node], tests: [FieldTest], behaviours: [BehaviourTest], hashes: [Int], labels: [Label?]) {
        self.nodes = nodes
        self.tests = tests
        self.behaviours = behaviours
        self.hashes = hashes
        self.labels = labels
        needs = CriteriaNeeds(nodes, tests, behaviours)
    }

    func verdict(_ index: Int, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant) -> Verdict {
        nodes.withUnsafeBufferPointer { nodes in
            record.withMarks { marks in verdict(nodes[index], index, nodes, marks, record, facts, now) }
        }
    }

    /// Nodes and marks come along as buffers: a leaf counts no references.
    @inline(__always)
    private func verdict(
        _ node: Node, _ index: Int, _ nodes: UnsafeBufferPointer<Node>, _ marks: UnsafeBufferPointer<Mark>,
        _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant
    ) -> Verdict {
        switch node.kind {
        case .number:
            guard let mark = marks.known(node.slot) else { return .unknown }
            return Verdict((node.low <= mark.number && mark.number <= node.high) != node.isNegated)
        case .among:
            guard let mark = marks.known(node.slot) else { return .unknown }
            return among(node, mark, record, now)
        case .field: return tests[Int(node.test)].verdict(record.cell(Int(node.slot)), now: now)
        case .behaviour: return behaviours[Int(node.test)].verdict(facts, now: now)
        case .all, .any, .none: return group(node, index, nodes, marks, record, facts, now)
        }
    }

    /// Texts whose hashes differ are different; where two agree, the texts decide.
    @inline(__always)
    private func among(_ node: Node, _ mark: Mark, _ record: FieldRecord, _ now: Instant) -> Verdict {
        for index in node.hashes where hashes[Int(index)] == mark.hash {
            return tests[Int(node.test)].verdict(record.cell(Int(node.slot)), now: now)
        }
        return Verdict(node.isNegated)
    }

    /// Ends at the first part that decides it.
    private func group(
        _ group: Node, _ index: Int, _ nodes: UnsafeBufferPointer<Node>, _ marks: UnsafeBufferPointer<Mark>,
        _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant
    ) -> Verdict {
        let decisive: Verdict = group.kind == .all ? .false : .true
        var result = decisive.negated
        var part = index + 1
        while part < Int(group.end) {
            let node = nodes[part]
            let verdict = verdict(node, part, nodes, marks, record, facts, now)
            if verdict == decisive {
                result = decisive
                break
            }
            if verdict == .unknown { result = .unknown }
            part = Int(node.end)
        }
        return group.kind == .none ? result.negated : result
    }

    func explain(
        _ index: Int, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant,
        into reasons: inout [LeafReason]
    ) -> Verdict {
        let node = nodes[index]
        if let label = labels[index] {
            let found: FieldValue? =
                node.kind == .behaviour
                ? .number(Double(behaviours[Int(node.test)].count(facts, now: now).certain))
                : record[slot: Int(node.slot)]
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

extension UnsafeBufferPointer<Mark> {
    /// The mark in a slot; nil where nothing is known of it.
    @inline(__always)
    fileprivate func known(_ slot: Int32) -> Mark? {
        let slot = Int(slot)
        return slot < count && self[slot].isKnown ? self[slot] : nil
    }
}
