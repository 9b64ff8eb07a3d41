import Criteria

/// What has to hold between the parts of an agreement: faults where it means nothing, warnings where it is hardly meant.
///
/// A check passes over what has faults of its own, and claims nothing that is not sure.
struct AgreementChecks {
    let root: Part
    /// The document as it was written, to tell what is there from what is a default.
    let written: Tree
    let faults: FaultList
    let catalogue: FieldCatalogue

    init(root: Part, written: Tree, faults: FaultList) {
        self.root = root
        self.written = written
        self.faults = faults
        catalogue = Agreement.catalogue(of: root)
    }

    func run() {
        compileCriteria()
        let criteria = AgreedCriteria(faults, catalogue)
        refuseContradictions(criteria)
        checkTiers(criteria)
        checkScoring()
        checkRouting(criteria)
        checkCalendars()
        checkTimers()
        checkAttribution()
        checkTargets()
    }

    private func compileCriteria() {
        for (path, criteria, scope) in faults.trees {
            do throws(CriteriaFaults) {
                _ = try CompiledCriteria(criteria, catalogue: catalogue, path: path, scope: scope)
            } catch {
                // What lies where the reader found a fault is no second one.
                for fault in error.faults where fault.path == path || !faults.concerns(fault.path) {
                    faults.add(
                        code(of: fault, in: path), fault.path, found: fault.found, expected: fault.expected,
                        suggestion: fault.suggestion)
                }
            }
        }
    }

    private func code(of fault: CriteriaFault, in tree: String) -> AgreementFault.Code {
        if fault.path == tree { return .limit }
        if fault.path.hasSuffix("field") { return .unknown }
        return fault.path.hasSuffix("event") ? .conflict : .value
    }

    private func refuseContradictions(_ criteria: AgreedCriteria) {
        for (path, alternatives) in criteria.all where alternatives.areContradictory {
            faults.add(
                .unreachable, path, found: "conditions that exclude each other", expected: "criteria that can hold")
        }
    }

    // MARK: - ICP

    /// Best first: a tier that asks for less than a later one would hide it.
    private func checkTiers(_ criteria: AgreedCriteria) {
        let tiers = root.part("icp").parts("tiers")
        for (index, tier) in tiers.enumerated() {
            guard let atLeast = tier.number("at_least") else { continue }
            let sound = tiers[..<index].filter { !faults.concerns($0.path) }
            if let better = sound.last?.number("at_least"), atLeast > better {
                faults.add(
                    .conflict, tier.place("at_least"), found: Tree.text(of: atLeast),
                    expected: "at most \(Tree.text(of: better)), as tiers are given best first")
            }
            if atLeast > 0, written["icp"]?["criteria"] == nil {
                faults.add(
                    .unreachable, tier.place("at_least"), found: Tree.text(of: atLeast),
                    expected: "0, as there are no criteria to score by")
            }
            if let earlier = sound.first(where: { criteria.tier($0, takesAllOf: tier) }) {
                faults.add(
                    .unreachable, tier.path, found: "tier \(tier.text("name"))",
                    expected: "accounts that tier \(earlier.text("name")) does not take already")
            }
        }
    }

    // MARK: - Attribution and targets

    private func checkAttribution() {
        let weights = root.part("attribution").part("weights")
        let names = ["first", "middle", "last"]
        let numbers = names.compactMap { weights.number($0) }
        guard numbers.count == names.count, !faults.concerns(weights.path) else { return }
        let sum = numbers.reduce(0, +)
        guard abs(sum - 1) > 1e-9 else { return }
        let terms = numbers.map { Tree.text(of: $0) }.joined(separator: " + ")
        faults.add(
            .conflict, weights.path, found: "\(terms) = \(Tree.text(of: (sum * 1e9).rounded() / 1e9))",
            expected: "shares that add up to 1")
    }

    private func checkTargets() {
        let currency = root.text("currency")
        for name in ["revenue_per_quarter", "pipeline_per_quarter"] {
            let money = root.part("targets").part(name)
            let found = money.text("currency")
            if !found.isEmpty, found != currency {
                faults.warn(
                    .doubtful, money.place("currency"), found: found,
                    expected: "\(currency), in which reports are made")
            }
        }
    }
}

/// The criteria of an agreement that can be reasoned about, by their paths.
struct AgreedCriteria {
    let all: [(path: String, alternatives: Alternatives)]
    private let byPath: [String: Alternatives]

    init(_ faults: FaultList, _ catalogue: FieldCatalogue) {
        all = faults.trees.compactMap { tree in
            guard !faults.concerns(tree.path), let alternatives = Alternatives(tree.criteria, catalogue) else {
                return nil
            }
            return (tree.path, alternatives)
        }
        byPath = Dictionary(all, uniquingKeysWith: { first, _ in first })
    }

    func of(_ part: Part, _ name: String) -> Alternatives? { byPath[part.place(name)] }

    func tier(_ earlier: Part, takesAllOf later: Part) -> Bool {
        guard let low = earlier.number("at_least"), let high = later.number("at_least"), low <= high else {
            return false
        }
        guard earlier.has("requires") else { return true }
        guard let wanted = of(earlier, "requires"), let given = of(later, "requires") else { return false }
        return given.areCovered(by: [wanted])
    }
}
