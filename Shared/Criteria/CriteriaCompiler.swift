import Kernel

/// Lays a tree flat and collects its faults.
struct CriteriaCompiler {
    let catalogue: FieldCatalogue
    let prefix: String
    let scope: CriteriaScope
    let limits: CriteriaLimits
    private(set) var faults: [CriteriaFault] = []
    private var nodes: [CriteriaProgram.Node] = []
    private var leaves: [CriteriaProgram.Leaf] = []
    private var labels: [CriteriaProgram.Label] = []
    private var count = 0

    init(catalogue: FieldCatalogue, prefix: String, scope: CriteriaScope, limits: CriteriaLimits) {
        self.catalogue = catalogue
        self.prefix = prefix
        self.scope = scope
        self.limits = limits
    }

    var program: CriteriaProgram {
        CriteriaProgram(nodes: nodes, leaves: leaves, labels: labels)
    }

    mutating func add(_ criteria: Criteria, path: String, depth: Int) {
        count += 1
        guard count <= limits.nodes else {
            if count == limits.nodes + 1 {
                fault("", "more than \(limits.nodes) conditions", "at most \(limits.nodes)")
            }
            return
        }
        guard depth <= limits.depth else {
            return fault(path, "groups \(depth) deep", "at most \(limits.depth)")
        }
        switch criteria {
        case .all(let parts): group(.all, "all", parts, path, depth)
        case .any(let parts): group(.any, "any", parts, path, depth)
        case .none(let parts): group(.none, "none", parts, path, depth)
        case .leaf(let leaf): add(leaf, path)
        case .behaviour(let behaviour): add(behaviour, path, depth)
        }
    }

    private mutating func group(
        _ kind: CriteriaProgram.Node.Kind, _ name: String, _ parts: [Criteria], _ path: String, _ depth: Int
    ) {
        let start = nodes.count
        nodes.append(CriteriaProgram.Node(kind: kind, place: 0))
        for (index, part) in parts.enumerated() {
            add(part, path: path.isEmpty ? "\(name)[\(index)]" : "\(path).\(name)[\(index)]", depth: depth + 1)
        }
        nodes[start].place = Int32(nodes.count)
    }

    private mutating func add(_ leaf: Criteria.Leaf, _ path: String) {
        guard let field = catalogue[leaf.field], scope.allows(leaf.field) else {
            let known = catalogue.fields.lazy.map(\.name).filter(scope.allows)
            return fault(
                part("field", of: path), leaf.field.isEmpty ? "nothing" : leaf.field, scope.expectation,
                NearestName.of(leaf.field, in: known))
        }
        do throws(FieldTestCompiler.Refusal) {
            let test = try FieldTestCompiler(field: field, limits: limits).test(leaf.op, leaf.value)
            append(
                .field(slot: field.slot, test),
                CriteriaProgram.Label(path: path, field: leaf.field, op: leaf.op.rawValue, expected: leaf.value))
        } catch {
            fault(part(error.part, of: path), error.found, error.expected)
        }
    }

    private mutating func add(_ behaviour: Criteria.Behaviour, _ path: String, _ depth: Int) {
        guard scope.allowsBehaviour else {
            return fault(part("event", of: path), behaviour.event, scope.expectation)
        }
        let before = faults.count
        checkBounds(of: behaviour, path)
        let filter = behaviour.filter.flatMap { filterProgram($0, part("where", of: path), depth) }
        guard faults.count == before else { return }
        let atLeast = behaviour.atLeast ?? (behaviour.atMost == nil ? 1 : 0)
        append(
            .behaviour(
                BehaviourTest(
                    event: behaviour.event, filter: filter, within: behaviour.within?.microseconds, atLeast: atLeast,
                    atMost: behaviour.atMost)),
            Self.label(behaviour, path, atLeast))
    }

    private mutating func checkBounds(of behaviour: Criteria.Behaviour, _ path: String) {
        if behaviour.event.isEmpty { fault(part("event", of: path), "nothing", "a kind of engagement") }
        if let atLeast = behaviour.atLeast, atLeast < 0 {
            fault(part("at_least", of: path), "\(atLeast)", "0 or more")
        }
        if let atMost = behaviour.atMost, atMost < max(0, behaviour.atLeast ?? 0) {
            fault(part("at_most", of: path), "\(atMost)", "\(max(0, behaviour.atLeast ?? 0)) or more")
        }
        if let within = behaviour.within, within.microseconds <= 0 {
            fault(part("within", of: path), within.text, "a duration above zero")
        }
    }

    private mutating func filterProgram(_ filter: Criteria, _ path: String, _ depth: Int) -> CriteriaProgram? {
        var inner = CriteriaCompiler(
            catalogue: catalogue, prefix: joined(path), scope: .engagement,
            limits: CriteriaLimits(
                depth: limits.depth - depth, nodes: limits.nodes - count, listEntries: limits.listEntries,
                textBytes: limits.textBytes, globBytes: limits.globBytes))
        inner.add(filter, path: "", depth: 1)
        count += inner.count
        faults += inner.faults
        return inner.faults.isEmpty ? inner.program : nil
    }

    private static func label(
        _ behaviour: Criteria.Behaviour, _ path: String, _ atLeast: Int
    ) -> CriteriaProgram.Label {
        let low = FieldValue.number(Double(atLeast))
        guard let atMost = behaviour.atMost.map({ FieldValue.number(Double($0)) }) else {
            return CriteriaProgram.Label(path: path, field: behaviour.event, op: "at_least", expected: low)
        }
        return behaviour.atLeast == nil
            ? CriteriaProgram.Label(path: path, field: behaviour.event, op: "at_most", expected: atMost)
            : CriteriaProgram.Label(path: path, field: behaviour.event, op: "between", expected: .list([low, atMost]))
    }

    private mutating func append(_ leaf: CriteriaProgram.Leaf, _ label: CriteriaProgram.Label) {
        nodes.append(CriteriaProgram.Node(kind: .leaf, place: Int32(leaves.count)))
        leaves.append(leaf)
        labels.append(label)
    }

    private mutating func fault(_ path: String, _ found: String, _ expected: String, _ suggestion: String? = nil) {
        faults.append(
            CriteriaFault(path: joined(path), found: found, expected: expected, suggestion: suggestion))
    }

    private func part(_ name: String, of path: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private func joined(_ path: String) -> String {
        prefix.isEmpty ? path : path.isEmpty ? prefix : "\(prefix).\(path)"
    }
}
