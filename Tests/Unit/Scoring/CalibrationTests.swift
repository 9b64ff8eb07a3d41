import Criteria
import Foundation
import Kernel
import ScoringDomain
import Testing

/// Leads whose outcomes follow from known log odds.
struct KnownMarket {
    static let catalogue = FieldCatalogue(custom: [
        ("budget", .number), ("plan", .text), ("signed", .text), ("noise", .text),
        ("signed_on", .date),
    ])
    static let start = Instant(seconds: 1_700_000_000)
    var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func chance() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }

    mutating func normal() -> Double {
        (-2 * log(1 - chance())).squareRoot() * cos(2 * Double.pi * chance())
    }

    static func rules() throws -> ScoringRules {
        try ScoringRules(
            version: 1, catalogue: catalogue,
            fit: [
                PointRule(
                    id: "large", points: 30,
                    when: .leaf(.init(field: "company.employees", op: .gte, value: .number(200))), catalogue: catalogue),
                PointRule(
                    id: "pro", points: 70,
                    when: .leaf(.init(field: "custom.plan", op: .eq, value: .text("pro"))), catalogue: catalogue),
                PointRule(
                    id: "noisy", points: 20,
                    when: .leaf(.init(field: "custom.noise", op: .eq, value: .text("a"))), catalogue: catalogue),
            ])
    }

    static func rules(fit: [(id: String, points: Double, when: Criteria.Leaf)]) throws -> ScoringRules {
        try ScoringRules(
            version: 1, catalogue: catalogue,
            fit: fit.map { try PointRule(id: $0.id, points: $0.points, when: .leaf($0.when), catalogue: catalogue) })
    }

    /// log odds = -1 + 1.5 large + 0.8 pro + 0.7 budget.
    mutating func leads(
        _ count: Int, rules: ScoringRules, change: (inout FieldRecord, Bool, inout KnownMarket) -> Void = { _, _, _ in }
    ) -> [CalibrationLead] {
        (0..<count).map { number in
            var record = FieldRecord(Self.catalogue)
            let isLarge = chance() < 0.4
            let isPro = chance() < 0.3
            let budget = normal()
            record["company.employees"] = .number(isLarge ? 500 : 20)
            record["custom.plan"] = .text(isPro ? "Pro" : "basic")
            record["custom.budget"] = .number(budget)
            record["custom.noise"] = .text(["a", "b", "c"][Int(random.next() % 3)])
            let odds = -1 + (isLarge ? 1.5 : 0) + (isPro ? 0.8 : 0) + 0.7 * budget
            let isSuccess = chance() < 1 / (1 + exp(-odds))
            change(&record, isSuccess, &self)
            let seenAt = Self.start.adding(.hours(Int64(number)))
            let outcome = CalibrationLead.Outcome(succeededAt: isSuccess ? seenAt.adding(.days(20)) : nil)
            return CalibrationLead(
                id: "lead-\(number)", seenAt: seenAt, outcome: outcome, record: record, behaviour: [],
                accumulators: LeadAccumulators(), rules: rules)
        }
    }
}

@Suite struct CalibrationTests {
    private func calibrate(
        _ leads: [CalibrationLead], _ rules: ScoringRules, _ change: (inout CalibrationSettings) -> Void = { _ in }
    ) throws -> Calibration {
        var settings = CalibrationSettings()
        change(&settings)
        return try Calibration(leads, rules: rules.calibrated, catalogue: KnownMarket.catalogue, settings)
    }

    /// Each coefficient lies within four of its standard errors of the truth.
    @Test func recoversKnownCoefficients() throws {
        var market = KnownMarket(seed: 41)
        // They say the same as two fields, and would share their coefficients; a rule that read the fields would be
        // left out with them.
        let rules = try KnownMarket.rules(fit: [
            ("large", 30, .init(field: "company.name", op: .eq, value: .text("large"))),
            ("pro", 70, .init(field: "person.name", op: .eq, value: .text("pro"))),
        ])
        let leads = market.leads(8_000, rules: rules) { record, _, _ in
            record["company.name"] = .text(record["company.employees"] == .number(500) ? "large" : "small")
            record["person.name"] = .text(record["custom.plan"] == .text("Pro") ? "pro" : "basic")
        }
        let found = try calibrate(leads, rules) {
            $0.excluded = ["company.employees", "custom.plan"]
            $0.penalty = 0.01
        }
        func expect(_ feature: String, _ truth: Double) throws {
            let coefficient = try #require(found.coefficients.first { $0.feature.text == feature })
            #expect(abs(coefficient.value - truth) < 4 * coefficient.standardError, "\(feature): \(coefficient)")
            #expect(coefficient.standardError < 0.1, "\(feature): \(coefficient)")
        }
        try expect("rule large", 1.5)
        try expect("rule pro", 0.8)
        try expect("custom.budget", 0.7)
        #expect(found.heldOut.auc > 0.72 && found.heldOut.auc > found.pointsAUC)
        #expect(found.heldOut.leads == 2_000 && found.training.leads == 6_000)
        // What was foretold is what came, within the interval, in nearly every group.
        let kept = found.heldOut.reliability.count { ($0.low...$0.high).contains($0.meanProbability) }
        #expect(kept >= 8, "\(found.heldOut.reliability)")
        #expect(found.leaks.isEmpty && found.warnings.isEmpty)
    }

    @Test func pointsFollowTheCoefficientsOnTheScaleOfToday() throws {
        var market = KnownMarket(seed: 42)
        let rules = try KnownMarket.rules()
        let found = try calibrate(market.leads(8_000, rules: rules), rules)
        let points = Dictionary(uniqueKeysWithValues: found.proposals.map { ($0.rule.id, $0.points ?? 0) })
        let (large, pro, noisy) = (points["large"] ?? 0, points["pro"] ?? 0, points["noisy"] ?? 0)
        #expect(abs(large / pro - 1.5 / 0.8) < 0.4 && large > 60)
        #expect(noisy < 12)
        #expect(abs(large + pro + noisy - 120) < 3)
    }

    @Test func fieldsThatKnowTheOutcomeAreLeftOutWithAWarning() throws {
        var market = KnownMarket(seed: 43)
        let rules = try KnownMarket.rules()
        let leads = market.leads(3_000, rules: rules) { record, isSuccess, _ in
            // Filled by whoever closes the deal: for successes alone.
            if isSuccess { record["custom.signed"] = .text("2026") }
        }
        let found = try calibrate(leads, rules)
        #expect(found.leaks.map(\.field) == ["custom.signed"] && found.leaks[0].reason == .filledWithOutcome)
        #expect(found.warnings.contains { $0.contains("custom.signed") && $0.hasSuffix("left out") })
        #expect(!found.coefficients.contains { $0.feature.text.contains("custom.signed") })
        #expect(found.heldOut.auc < 0.9)
        let kept = try calibrate(leads, rules) { $0.kept = ["custom.signed"] }
        #expect(kept.leaks.isEmpty && kept.heldOut.auc > 0.99)
    }

    /// A rule would carry what the field knows into both models.
    @Test func rulesThatReadAFieldThatIsLeftOutAreLeftOutTooAndKeepTheirPoints() throws {
        var market = KnownMarket(seed: 50)
        let rules = try KnownMarket.rules(fit: [
            ("large", 30, .init(field: "company.employees", op: .gte, value: .number(200))),
            ("pro", 70, .init(field: "custom.plan", op: .eq, value: .text("pro"))),
            ("contract", 55, .init(field: "custom.signed", op: .exists)),
            ("dated", 45, .init(field: "custom.signed_on", op: .exists)),
        ])
        let leads = market.leads(3_000, rules: rules) { record, isSuccess, _ in
            if isSuccess {
                record["custom.signed"] = .text("2026")
                record["custom.signed_on"] = .date(KnownMarket.start)
            }
        }
        let found = try calibrate(leads, rules) { $0.excluded = ["custom.plan"] }
        #expect(found.leaks.map(\.field) == ["custom.signed", "custom.signed_on"])
        #expect(found.coefficients.filter { $0.feature.text.hasPrefix("rule ") }.map(\.feature.text) == ["rule large"])
        #expect(found.heldOut.auc < 0.9)
        #expect(found.proposals.map(\.isPassedOver) == [false, true, true, true])
        #expect(found.proposals.map(\.points) == [30, 70, 55, 45])
        #expect(found.warnings.contains { $0.hasPrefix("rule contract reads custom.signed, ") })
        #expect(found.warnings.contains { $0.hasPrefix("rule pro reads custom.plan, ") })
    }

    @Test func aRareRuleStaysWhereFeaturesAreCut() throws {
        var market = KnownMarket(seed: 51)
        let rules = try KnownMarket.rules(fit: [
            ("rare", 30, .init(field: "person.name", op: .eq, value: .text("rare")))
        ])
        let fields = ["company.industry", "company.country", "company.region", "company.city", "person.title"]
        let leads = market.leads(2_600, rules: rules) { record, _, market in
            for field in fields + ["person.department"] {
                record[field] = .text("value \(market.random.next() % 100)")
            }
            record["person.name"] = .text(market.chance() < 0.004 ? "rare" : "usual")
        }
        let found = try calibrate(leads, rules)
        #expect(found.warnings.contains { $0.contains("most frequent features") })
        #expect(found.coefficients.count == 400)
        #expect(found.coefficients.contains { $0.feature.text == "rule rare" })
        #expect(found.proposals[0].coefficient != nil)
    }

    /// Only some successes have it, so that it ranks badly; but whoever has it has succeeded.
    @Test func aFieldThatOnlySuccessesHaveIsFoundThoughItRanksBadly() throws {
        var market = KnownMarket(seed: 44)
        let rules = try KnownMarket.rules()
        let leads = market.leads(3_000, rules: rules) { record, isSuccess, market in
            if isSuccess, market.chance() < 0.3 {
                record["custom.signed"] = .text("contract \(market.random.next() % 9)")
            }
        }
        let leaks = try calibrate(leads, rules).leaks
        #expect(leaks.map(\.field) == ["custom.signed"] && leaks[0].auc < 0.8)
    }

    @Test func aNumberThatAloneTellsTheOutcomeIsSuspicious() throws {
        var market = KnownMarket(seed: 45)
        let rules = try KnownMarket.rules()
        let leads = market.leads(2_000, rules: rules) { record, isSuccess, market in
            record["custom.budget"] = .number((isSuccess ? 4 : 0) + market.normal())
        }
        let leaks = try calibrate(leads, rules).leaks
        #expect(leaks.map(\.field) == ["custom.budget"] && leaks[0].reason == .suspiciouslyGood)
    }

    @Test func tooLittleIsRefusedWithTheCounts() throws {
        var market = KnownMarket(seed: 46)
        let rules = try KnownMarket.rules()
        let few = market.leads(150, rules: rules)
        let refusal = #expect(throws: CalibrationRefusal.self) { try calibrate(few, rules) }
        #expect(refusal?.text == "there are 150 leads whose outcome is known: 200 are needed")
        let leads = market.leads(1_000, rules: rules)
        let rare = leads.filter { !$0.isSuccess } + leads.filter(\.isSuccess).prefix(20)
        let other = #expect(throws: CalibrationRefusal.self) { try calibrate(rare, rules) }
        #expect(other?.text == "there are 20 leads with the outcome: 50 are needed")
        #expect(throws: CalibrationRefusal.self) { try calibrate(leads, rules) { $0.minimumLeads = 5_000 } }
    }

    @Test func theSplitFollowsFromTheSeedAndKeepsTheShareOfSuccesses() throws {
        var market = KnownMarket(seed: 47)
        let rules = try KnownMarket.rules()
        let leads = market.leads(1_000, rules: rules)
        let first = try calibrate(leads, rules) { $0.seed = 5 }
        let again = try calibrate(leads.reversed(), rules) { $0.seed = 5 }
        #expect(first.verdicts == again.verdicts && first.coefficients == again.coefficients)
        #expect(try calibrate(leads, rules) { $0.seed = 6 }.verdicts.map(\.lead) != first.verdicts.map(\.lead))
        let share = Double(first.heldOut.successes) / Double(first.heldOut.leads)
        #expect(abs(share - Double(leads.count(where: \.isSuccess)) / 1_000) < 0.005)
    }

    @Test func aSplitByTimeHoldsTheLatestOut() throws {
        var market = KnownMarket(seed: 48)
        let rules = try KnownMarket.rules()
        let found = try calibrate(market.leads(1_000, rules: rules), rules) {
            $0.split = .time
            $0.heldOut = 0.1
        }
        #expect(found.verdicts.map(\.lead) == (900..<1_000).map { "lead-\($0)" })
    }

    @Test func missingIsAFeatureOfItsOwn() throws {
        var market = KnownMarket(seed: 49)
        let rules = try KnownMarket.rules()
        let leads = market.leads(4_000, rules: rules) { record, isSuccess, market in
            if market.chance() < (isSuccess ? 0.2 : 0.6) { record["custom.budget"] = nil }
        }
        let found = try calibrate(leads, rules)
        let missing = try #require(found.coefficients.first { $0.feature.text == "custom.budget is missing" })
        #expect(missing.value < -1 && missing.value / missing.standardError < -8)
        let budget = try #require(found.coefficients.first { $0.feature.text == "custom.budget" })
        #expect(abs(budget.value - 0.7) < 4 * budget.standardError)
    }
}

/// Shapes that `make check-calibration` makes, with what scikit-learn makes of them on the same split.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["ACCORD_CALIBRATION_DATA"] != nil,
        "ACCORD_CALIBRATION_DATA is not set: run make check-calibration"))
struct CalibrationAgainstScikitLearn {
    struct Figures: Decodable {
        var penalty: Double
        var features: Int
        var auc: Double
        var logLoss: Double
        var brier: Double
    }

    @Test(arguments: ["wide", "missing", "imbalanced", "breast_cancer"], ["1", "30"])
    func agrees(shape: String, penalty: String) throws {
        let folder = try #require(ProcessInfo.processInfo.environment["ACCORD_CALIBRATION_DATA"])
        let expected = try JSONDecoder().decode(
            Figures.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(shape)-\(penalty).json")))
        let lines = try String(contentsOfFile: "\(folder)/\(shape).csv", encoding: .utf8).split(separator: "\n")
        let columns = lines[0].split(separator: ",").dropFirst().map { $0.split(separator: ":").map(String.init) }
        let catalogue = FieldCatalogue(custom: columns.map { ($0[1], $0[0] == "number" ? .number : .text) })
        let rules = ScoringRules(version: 1, catalogue: catalogue)
        let leads = lines.dropFirst().enumerated().map { number, line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            var record = FieldRecord(catalogue)
            for (column, cell) in zip(columns, cells.dropFirst()) where !cell.isEmpty {
                record["custom.\(column[1])"] = .text(String(cell))
            }
            return CalibrationLead(
                id: "\(number)", seenAt: Instant(seconds: Int64(number)),
                outcome: CalibrationLead.Outcome(succeededAt: cells[0] == "1" ? .distantFuture : nil), record: record,
                behaviour: [], accumulators: LeadAccumulators(), rules: rules)
        }
        var settings = CalibrationSettings()
        settings.split = .time
        settings.penalty = expected.penalty
        settings.minimumOutcomes = 10
        settings.kept = Set(columns.map { "custom.\($0[1])" })
        let found = try Calibration(leads, rules: [], catalogue: catalogue, settings)
        print(
            "\(shape), penalty \(penalty): AUC \(found.heldOut.auc) (\(expected.auc)), log loss "
                + "\(found.heldOut.logLoss) (\(expected.logLoss)), \(found.iterations) iterations")
        #expect(found.coefficients.count == expected.features)
        #expect(abs(found.heldOut.auc - expected.auc) < 0.002)
        #expect(abs(found.heldOut.logLoss - expected.logLoss) < 0.002)
        #expect(abs(found.heldOut.brier - expected.brier) < 0.002)
    }
}
