import Kernel

/// Trees of criteria laid flat, each in the order of its tree: a group is followed by its parts.
final class CriteriaProgram: Sendable {
    struct Node: Hashable, Sendable {
        enum Kind: UInt8, Sendable {
            case all, any, none, leaf
        }

        let kind: Kind
        /// Of a leaf: its place among the leaves. Of a group: the node behind its last part.
        var place: Int32
    }

    enum Leaf: Hashable, Sendable {
        case field(slot: Int, FieldTest)
        indirect case behaviour(BehaviourTest)
    }

    /// What a reason says of a leaf besides what was found.
    struct Label: Sendable {
        var path: String
        var field: String
        var op: String
        var expected: FieldValue?
    }

    let nodes: [Node]
    let leaves: [Leaf]
    /// By leaf; none where leaves are shared.
    let labels: [Label]
    let needs: CriteriaNeeds
    /// By leaf.
    private let probes: [Probe]
    /// Of texts, for probes.
    private let hashes: [UInt64]

    init(nodes: [Node], leaves: [Leaf], labels: [Label] = []) {
        self.nodes = nodes
        self.leaves = leaves
        self.labels = labels
        needs = CriteriaNeeds(leaves)
        var hashes: [UInt64] = []
        probes = leaves.map { Probe($0, &hashes) }
        self.hashes = hashes
    }

    /// Of the tree that begins with a node.
    func verdict(at node: Int = 0, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant) -> Verdict {
        withView(of: record, known: nil) { verdict(at: node, $0, record, facts, now) }
    }

    /// Of each of the trees that begin with these nodes; a leaf that several have is looked at once.
    func verdicts(at roots: [Int32], _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant) -> [Verdict] {
        withUnsafeTemporaryAllocation(of: Verdict?.self, capacity: leaves.count) { known in
            known.initialize(repeating: nil)
            return withView(of: record, known: known.baseAddress) { view in
                roots.map { verdict(at: Int($0), view, record, facts, now) }
            }
        }
    }
}

// MARK: - Evaluation

extension CriteriaProgram {
    /// A program and the marks of a record as buffers: looking at a leaf counts no references.
    private struct View {
        let nodes: UnsafeBufferPointer<Node>
        let probes: UnsafeBufferPointer<Probe>
        let hashes: UnsafeBufferPointer<UInt64>
        let marks: UnsafeBufferPointer<Mark>
        let firstSlot: Int
        /// By leaf: its verdict, once it was looked at. Nil where that is not kept.
        let known: UnsafeMutablePointer<Verdict?>?

        /// Nil where nothing is known of the slot.
        @inline(__always)
        func mark(of slot: Int32) -> Mark? {
            let index = Int(slot) - firstSlot
            return index >= 0 && index < marks.count && marks[index].isKnown ? marks[index] : nil
        }
    }

    @inline(__always)
    private func withView<Result>(
        of record: FieldRecord, known: UnsafeMutablePointer<Verdict?>?, _ read: (View) -> Result
    ) -> Result {
        nodes.withUnsafeBufferPointer { nodes in
            probes.withUnsafeBufferPointer { probes in
                hashes.withUnsafeBufferPointer { hashes in
                    record.withMarks { marks, firstSlot in
                        read(
                            View(
                                nodes: nodes, probes: probes, hashes: hashes, marks: marks, firstSlot: firstSlot,
                                known: known))
                    }
                }
            }
        }
    }

    @inline(__always)
    private func verdict(
        at index: Int, _ view: View, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant
    ) -> Verdict {
        let node = view.nodes[index]
        return node.kind == .leaf
            ? verdict(of: Int(node.place), view, record, facts, now) : group(node, index, view, record, facts, now)
    }

    /// Ends at the first part that decides it.
    private func group(
        _ group: Node, _ index: Int, _ view: View, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant
    ) -> Verdict {
        let decisive: Verdict = group.kind == .all ? .false : .true
        var result = decisive.negated
        var part = index + 1
        while part < Int(group.place) {
            let verdict = verdict(at: part, view, record, facts, now)
            if verdict == decisive {
                result = decisive
                break
            }
            if verdict == .unknown { result = .unknown }
            let node = view.nodes[part]
            part = node.kind == .leaf ? part + 1 : Int(node.place)
        }
        return group.kind == .none ? result.negated : result
    }

    @inline(__always)
    private func verdict(
        of leaf: Int, _ view: View, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant
    ) -> Verdict {
        guard let known = view.known else { return look(at: leaf, view, record, facts, now) }
        if let verdict = known[leaf] { return verdict }
        let verdict = look(at: leaf, view, record, facts, now)
        known[leaf] = verdict
        return verdict
    }

    /// Texts whose hashes differ are different; where two agree, the texts decide.
    @inline(__always)
    private func look(
        at leaf: Int, _ view: View, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant
    ) -> Verdict {
        switch view.probes[leaf] {
        case .number(let low, let high, let slot, let isNegated):
            guard let mark = view.mark(of: slot) else { return .unknown }
            return Verdict((low <= mark.number && mark.number <= high) != isNegated)
        case .among(let wanted, let slot, let isNegated):
            guard let mark = view.mark(of: slot) else { return .unknown }
            for index in wanted {
                let hash = view.hashes[Int(index)]
                guard hash == mark.hash || hash == 0 || mark.hash == 0 else { continue }
                return leaves[leaf].verdict(record, facts, now)
            }
            return Verdict(isNegated)
        case .none: return leaves[leaf].verdict(record, facts, now)
        }
    }
}

extension CriteriaProgram: Hashable {
    static func == (one: CriteriaProgram, other: CriteriaProgram) -> Bool {
        one.nodes == other.nodes && one.leaves == other.leaves
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(nodes)
        hasher.combine(leaves)
    }
}

extension CriteriaProgram.Leaf {
    @inline(never)
    func verdict(_ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant) -> Verdict {
        switch self {
        case .field(let slot, let test): test.verdict(record.cell(slot), now: now)
        case .behaviour(let test): test.verdict(facts, now: now)
        }
    }
}

/// What settles a leaf by the mark of its field, where that is a range of numbers or a few texts.
private enum Probe: Sendable {
    case number(low: Double, high: Double, slot: Int32, isNegated: Bool)
    /// One of few texts, by their hashes.
    case among(hashes: Range<Int32>, slot: Int32, isNegated: Bool)
    case none

    init(_ leaf: CriteriaProgram.Leaf, _ hashes: inout [UInt64]) {
        guard case .field(let slot, let test) = leaf else {
            self = .none
            return
        }
        let place = Int32(slot)
        func among(_ texts: some Collection<String>, _ isNegated: Bool) -> Probe {
            let start = Int32(hashes.count)
            hashes += texts.map(\.quickHash)
            return .among(hashes: start..<Int32(hashes.count), slot: place, isNegated: isNegated)
        }
        switch test {
        case .number(let range):
            self = .number(low: range.lowerBound, high: range.upperBound, slot: place, isNegated: false)
        case .numberIn(let wanted, let isNegated) where wanted.count == 1:
            let number = wanted.first ?? 0
            self = .number(low: number, high: number, slot: place, isNegated: isNegated)
        case .textEqual(let text, let isNegated): self = among([text], isNegated)
        case .textIn(let texts, let isNegated) where texts.count <= 16: self = among(texts, isNegated)
        default: self = .none
        }
    }
}
