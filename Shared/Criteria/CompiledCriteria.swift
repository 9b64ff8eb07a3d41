public import Kernel

/// Criteria bound to a catalogue: checked once, evaluated often.
///
/// It reads records of the catalogue it was compiled with.
public struct CompiledCriteria: Hashable, Sendable {
    let program: CriteriaProgram

    /// What it looks at.
    public var needs: CriteriaNeeds { program.needs }

    /// - Parameters:
    ///   - path: where the tree stands in its document; it begins the paths of faults.
    ///   - scope: what the tree may speak about there.
    /// - Throws: ``CriteriaFaults`` with all faults of the tree: fields that do not exist or do not belong here,
    ///   operators that do not fit the field's type, values that do not fit the operator, and sizes over the limits.
    public init(
        _ criteria: Criteria, catalogue: FieldCatalogue, path: String = "", scope: CriteriaScope = .any,
        limits: CriteriaLimits = .standard
    ) throws(CriteriaFaults) {
        var compiler = CriteriaCompiler(catalogue: catalogue, prefix: path, scope: scope, limits: limits)
        compiler.add(criteria, path: "", depth: 1)
        guard compiler.faults.isEmpty else { throw CriteriaFaults(faults: compiler.faults) }
        program = compiler.program
    }

    /// Leaves and conditions on behaviour: the reasons that ``explain(_:behaviour:now:)`` gives.
    public var conditions: Int { program.leaves.count }

    /// What an evaluation takes at most: one for each leaf, and for each condition on behaviour as many as there are
    /// facts, times what it asks of each.
    public func checks(facts: Int) -> Int {
        program.leaves.reduce(0) { sum, leaf in
            guard case .behaviour(let test) = leaf else { return sum + 1 }
            return sum + 1 + facts * (1 + (test.filter?.leaves.count ?? 0))
        }
    }

    /// The verdict alone, as fast as it can be had: a group stops at the first part that decides it.
    public func evaluate(_ record: FieldRecord, behaviour: [BehaviourFact] = [], now: Instant) -> Verdict {
        program.verdict(record, behaviour, now)
    }

    /// The verdict and the reason of every leaf, in the order of the tree.
    public func explain(
        _ record: FieldRecord, behaviour: [BehaviourFact] = [], now: Instant
    ) -> (verdict: Verdict, reasons: [LeafReason]) {
        var reasons: [LeafReason] = []
        let verdict = explain(0, record, behaviour, now, into: &reasons)
        return (verdict, reasons)
    }

    private func explain(
        _ index: Int, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant,
        into reasons: inout [LeafReason]
    ) -> Verdict {
        let node = program.nodes[index]
        guard node.kind != .leaf else {
            let reason = reason(of: Int(node.place), record, facts, now)
            reasons.append(reason)
            return reason.verdict
        }
        var result: Verdict = node.kind == .all ? .true : .false
        var part = index + 1
        while part < Int(node.place) {
            let verdict = explain(part, record, facts, now, into: &reasons)
            result = node.kind == .all ? result.and(verdict) : result.or(verdict)
            part = program.nodes[part].kind == .leaf ? part + 1 : Int(program.nodes[part].place)
        }
        return node.kind == .none ? result.negated : result
    }

    private func reason(
        of place: Int, _ record: FieldRecord, _ facts: [BehaviourFact], _ now: Instant
    ) -> LeafReason {
        let leaf = program.leaves[place]
        let label = program.labels[place]
        let found: FieldValue? =
            switch leaf {
            case .field(let slot, _): record[slot: slot]
            case .behaviour(let test): .number(Double(test.count(facts, now: now).certain))
            }
        return LeafReason(
            path: label.path, field: label.field, op: label.op, expected: label.expected, found: found,
            verdict: leaf.verdict(record, facts, now))
    }
}
