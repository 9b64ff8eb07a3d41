public import Kernel

/// Many criteria, evaluated together: a condition that several of them have is looked at once a record.
///
/// A thousand rules over a few fields share most of their conditions, and the fewer there are to look at, the less there
/// is to fetch from memory.
public struct CriteriaSet: Sendable {
    private let program: CriteriaProgram
    /// The node with which each begins.
    private let roots: [Int32]

    /// - Parameter criteria: compiled with the same catalogue.
    public init(_ criteria: [CompiledCriteria]) {
        var nodes: [CriteriaProgram.Node] = []
        var leaves: [CriteriaProgram.Leaf] = []
        var places: [CriteriaProgram.Leaf: Int32] = [:]
        func place(_ leaf: CriteriaProgram.Leaf) -> Int32 {
            if let known = places[leaf] { return known }
            let place = Int32(leaves.count)
            leaves.append(leaf)
            places[leaf] = place
            return place
        }
        roots = criteria.map { each in
            let start = Int32(nodes.count)
            nodes += each.program.nodes.map { node in
                CriteriaProgram.Node(
                    kind: node.kind,
                    place: node.kind == .leaf ? place(each.program.leaves[Int(node.place)]) : start + node.place)
            }
            return start
        }
        program = CriteriaProgram(nodes: nodes, leaves: leaves)
    }

    /// What any of them looks at.
    public var needs: CriteriaNeeds { program.needs }

    /// Conditions that differ.
    public var conditions: Int { program.leaves.count }

    /// The verdict of each, in their order: what ``CompiledCriteria/evaluate(_:behaviour:now:)`` gives.
    public func verdicts(_ record: FieldRecord, behaviour: [BehaviourFact] = [], now: Instant) -> [Verdict] {
        program.verdicts(at: roots, record, behaviour, now)
    }
}
