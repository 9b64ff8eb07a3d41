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
        for rule in scoring.parts("engagement") {
            guard let cap = rule.number("cap"), let points = rule.number("points"), cap < points else { continue }
            faults.add(
                .conflict, rule.place("cap"), found: Tree.text(of: cap),
                expected: "at least the points, \(Tree.text(of: points))")
        }
        let judged = groups + ["fit_weight", "engagement_weight", "qualification", "floor"]
        if !judged.contains(where: { faults.concerns(scoring.place($0)) }) { checkQualification(scoring) }
    }

    private func checkQualification(_ scoring: Part) {
        guard !(scoring.parts("fit").isEmpty && scoring.parts("engagement").isEmpty) else { return }
        let qualification = scoring.part("qualification")
        let fit = min(100, sum(scoring.parts("fit")))
        let engagement = min(100, scoring.parts("engagement").reduce(0) { $0 + Self.most(of: $1) })
        let withoutFit =
            (scoring.number("engagement_weight") ?? 0) * engagement + sum(scoring.parts("situation"))
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

    /// What rules can give at most.
    private func sum(_ rules: [Part]) -> Double {
        rules.reduce(0) { $0 + max(0, $1.number("points") ?? 0) }
    }

    private static func most(of rule: Part) -> Double {
        rule.number("cap")
            ?? (rule.text("repeat") == RepeatPolicy.once.rawValue ? rule.number("points") ?? 0 : .infinity)
    }
}
