import Criteria

extension AgreementChecks {
    func checkScoring() {
        let scoring = root.part("scoring")
        let groups = ["fit", "engagement", "situation", "negatives"]
        faults.refuseRepeats(of: "id", in: groups.flatMap { scoring.parts($0) }.map { ($0.path, $0.tree) })
        for name in ["fit_grades", "engagement_grades"] where !faults.concerns(scoring.place(name)) {
            let grades = scoring.numbers(name)
            if zip(grades, grades.dropFirst()).contains(where: { $0 <= $1 }) {
                faults.add(
                    .conflict, scoring.place(name), found: Tree.numbers(grades).summary,
                    expected: "three falling numbers of points")
            }
        }
        for rule in groups.flatMap({ scoring.parts($0) }) { checkCap(of: rule) }
        checkCategories(scoring)
        checkKinds(scoring)
        checkNegatives(scoring)
        let judged =
            groups + ["fit_weight", "engagement_weight", "qualification", "floor", "categories", "situation_cap"]
        if !judged.contains(where: { faults.concerns(scoring.place($0)) }) { checkQualification(scoring) }
    }

    private func checkCap(of rule: Part) {
        guard let cap = rule.number("cap"), let points = rule.number("points"), cap < abs(points) else { return }
        faults.add(
            .conflict, rule.place("cap"), found: Tree.text(of: cap),
            expected: "at least the points, \(Tree.text(of: abs(points)))")
    }

    // MARK: - Names

    private func checkCategories(_ scoring: Part) {
        let categories = scoring.parts("categories")
        faults.refuseRepeats(of: "id", in: categories.map { ($0.path, $0.tree) })
        let names = categories.map { $0.text("id") }
        guard !names.isEmpty else { return }
        var used: Set<String> = []
        for rule in scoring.parts("fit") + scoring.parts("engagement") where rule.has("category") {
            let name = rule.text("category")
            used.insert(name)
            refuse(name, at: rule.place("category"), unlessIn: names, "one of the declared categories")
        }
        guard used.isSubset(of: names) else { return }
        for category in categories where !used.contains(category.text("id")) && !faults.concerns(category.path) {
            faults.warn(
                .unused, category.path, found: "category \(category.text("id"))", expected: "a rule that names it")
        }
    }

    /// Where kinds of engagement are declared, an undeclared one is probably misspelt: no lead would ever do it.
    private func checkKinds(_ scoring: Part) {
        let kinds = scoring.parts("kinds").map { $0.text("kind") }
        guard !kinds.isEmpty else { return }
        let expected = "one of the declared kinds"
        for rule in ["engagement", "situation", "negatives"].flatMap({ scoring.parts($0) }) where rule.has("event") {
            refuse(rule.text("event"), at: rule.place("event"), unlessIn: kinds, expected)
        }
        let qualification = scoring.part("qualification")
        for (index, kind) in qualification.texts("hand_raisers").enumerated() {
            refuse(kind, at: "\(qualification.place("hand_raisers"))[\(index)]", unlessIn: kinds, expected)
        }
        for webhook in scoring.parts("webhooks") {
            refuse(webhook.text("kind"), at: webhook.place("kind"), unlessIn: kinds, expected)
            for word in webhook.parts("kinds") {
                refuse(word.text("kind"), at: word.place("kind"), unlessIn: kinds, expected)
            }
        }
        for tree in faults.trees {
            for (path, event) in tree.criteria.events(at: tree.path) {
                refuse(event, at: path, unlessIn: kinds, expected)
            }
        }
    }

    private func refuse(_ name: String, at path: String, unlessIn names: [String], _ expected: String) {
        guard !name.isEmpty, !names.contains(name), !faults.concerns(path) else { return }
        faults.add(
            .unknown, path, found: name, expected: expected, suggestion: NearestName.of(name, in: names))
    }

    // MARK: - Numbers

    /// What is taken for ever and without end is hardly meant.
    private func checkNegatives(_ scoring: Part) {
        guard !scoring.has("negatives_floor") else { return }
        for rule in scoring.parts("negatives") where rule.has("event") && !faults.concerns(rule.path) {
            let fades = ![DecayKind.none.rawValue, ""].contains(rule.text("decay"))
            guard !fades, !rule.has("cap"), rule.text("repeat") != RepeatPolicy.once.rawValue else { continue }
            faults.warn(
                .doubtful, rule.path, found: "points that never fade and add up without end",
                expected: "a decay, a cap or a negatives_floor, so that no lead is sunk for ever")
        }
    }

    private func checkQualification(_ scoring: Part) {
        guard !(scoring.parts("fit").isEmpty && scoring.parts("engagement").isEmpty) else { return }
        let qualification = scoring.part("qualification")
        let fit = min(100, most(of: scoring.parts("fit"), in: scoring))
        let engagement = min(100, most(of: scoring.parts("engagement"), in: scoring))
        let situation = min(
            most(of: scoring.parts("situation"), in: scoring), scoring.number("situation_cap") ?? .infinity)
        let withoutFit = (scoring.number("engagement_weight") ?? 0) * engagement + situation
        let most = (scoring.number("fit_weight") ?? 0) * fit + withoutFit
        for (name, reachable) in [("threshold", most), ("minimum_fit", fit), ("minimum_engagement", engagement)] {
            guard let wanted = qualification.number(name), wanted > reachable + 1e-9 else { continue }
            faults.add(
                .unreachable, qualification.place(name), found: Tree.text(of: wanted),
                expected: "at most \(Tree.text(of: reachable)), the most that the rules can give")
        }
        guard let threshold = qualification.number("threshold"), threshold > 0 else { return }
        if qualification.number("minimum_fit") == 0, withoutFit >= threshold {
            faults.warn(
                .fit, qualification.place("minimum_fit"), found: "0",
                expected: "more, since an MQL fits the ICP and engagement alone can reach the threshold")
        }
        if let floor = scoring.number("floor"), floor >= threshold {
            faults.warn(
                .doubtful, scoring.place("floor"), found: Tree.text(of: floor),
                expected: "less than the threshold, \(Tree.text(of: threshold)): every lead has at least the floor")
        }
    }

    /// What rules can give at most, those of one category together no more than its cap.
    private func most(of rules: [Part], in scoring: Part) -> Double {
        let categories = scoring.parts("categories")
        let caps = Dictionary(categories.map { ($0.text("id"), $0.number("cap") ?? .infinity) }) { first, _ in first }
        var sums: [String: Double] = [:]
        for rule in rules { sums[rule.text("category"), default: 0] += Self.most(of: rule) }
        return sums.keys.sorted().reduce(0) { $0 + min(sums[$1] ?? 0, caps[$1] ?? .infinity) }
    }

    private static func most(of rule: Part) -> Double {
        let points = rule.number("points") ?? 0
        guard points > 0 else { return 0 }
        let isOnce = !rule.has("event") || rule.text("repeat") == RepeatPolicy.once.rawValue
        return rule.number("cap") ?? (isOnce ? points : .infinity)
    }
}

extension Criteria {
    /// The kinds of engagement that it names, each with its path.
    fileprivate func events(at path: String) -> [(path: String, event: String)] {
        func inside(_ parts: [Criteria], _ name: String) -> [(path: String, event: String)] {
            parts.enumerated().flatMap { $1.events(at: "\(path).\(name)[\($0)]") }
        }
        return switch self {
        case .all(let parts): inside(parts, "all")
        case .any(let parts): inside(parts, "any")
        case .none(let parts): inside(parts, "none")
        case .leaf: []
        case .behaviour(let behaviour): [("\(path).event", behaviour.event)]
        }
    }
}
