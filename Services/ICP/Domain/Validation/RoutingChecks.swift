import Criteria

extension AgreementChecks {
    func checkRouting(_ criteria: AgreedCriteria) {
        let routing = root.part("routing")
        checkPools(routing)
        var earlier: [(rule: Part, alternatives: Alternatives)] = []
        var count = 0
        for rule in routing.parts("rules") {
            guard let given = criteria.of(rule, "when"), count <= Self.mostCompared else { continue }
            count += given.conjunctions.count
            if given.areCovered(by: earlier.map(\.alternatives)) {
                let taker = earlier.first { given.areCovered(by: [$0.alternatives]) }.map { $0.rule.text("id") }
                faults.add(
                    .unreachable, rule.path, found: "rule \(rule.text("id"))",
                    expected: taker.map { "leads that rule \($0) does not take already" }
                        ?? "leads that earlier rules do not take already")
            } else {
                warnOfOverlap(rule, given, earlier)
            }
            earlier.append((rule, given))
        }
    }

    /// Alternatives of all rules: every one is compared with all before it.
    private static let mostCompared = 500

    private func checkPools(_ routing: Part) {
        let pools = routing.parts("pools")
        guard !pools.isEmpty, !faults.concerns(routing.place("pools")) else { return }
        let known = pools.map { $0.text("id") }
        var used: Set<String> = []
        let targets = routing.parts("rules").map { ($0.place("pool"), $0.text("pool")) }
        for (path, pool) in targets + [(routing.place("fallback_pool"), routing.text("fallback_pool"))] where pool != ""
        {
            used.insert(pool)
            guard !known.contains(pool) else { continue }
            faults.add(
                .unknown, path, found: pool, expected: "one of \(known.joined(separator: ", "))",
                suggestion: NearestName.of(pool, in: known))
        }
        for pool in pools where !used.contains(pool.text("id")) {
            faults.warn(
                .unused, pool.place("id"), found: pool.text("id"), expected: "a rule that names it, or no such pool")
        }
    }

    // MARK: - Territories

    private static let places = [
        "lead.territory", "company.country", "company.region", "company.city", "person.country",
    ]

    /// Two rules list places, some of them the same, and neither list is a part of the other: what they share goes by
    /// the order of the rules alone.
    private func warnOfOverlap(
        _ rule: Part, _ given: Alternatives, _ earlier: [(rule: Part, alternatives: Alternatives)]
    ) {
        for (other, taken) in earlier where Self.target(other) != Self.target(rule) {
            guard let shared = sharedPlaces(given, taken) else { continue }
            faults.warn(
                .overlap, rule.path, found: "\(shared.joined(separator: ", ")), as in rule \(other.text("id"))",
                expected: "territories that do not overlap: rule \(other.text("id")) comes first and takes them")
        }
    }

    private static func target(_ rule: Part) -> [String] { [rule.text("pool"), rule.text("rep")] }

    private func sharedPlaces(_ left: Alternatives, _ right: Alternatives) -> [String]? {
        for (index, mine) in left.conjunctions.enumerated() {
            for (otherIndex, theirs) in right.conjunctions.enumerated() {
                for place in Self.places {
                    guard let some = mine.fields[place]?.atoms, let others = theirs.fields[place]?.atoms else {
                        continue
                    }
                    let shared = some.intersection(others)
                    guard !shared.isEmpty, !some.isSubset(of: others), !others.isSubset(of: some),
                        Conjunction(left.literals[index] + right.literals[otherIndex], catalogue).isSurelyPossible
                    else { continue }
                    return shared.compactMap { if case .text(let text) = $0 { text } else { nil } }.sorted()
                }
            }
        }
        return nil
    }
}
