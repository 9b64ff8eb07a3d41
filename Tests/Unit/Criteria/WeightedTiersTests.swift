import Criteria
import Kernel
import Testing

@Suite struct WeightedTiersTests {
    static func tiers() throws -> WeightedTiers {
        try WeightedTiers(
            tiers: [
                WeightedTiers.Tier(name: "A", atLeast: 70, requires: leaf("company.employees", .gte, .number(200))),
                WeightedTiers.Tier(name: "B", atLeast: 40),
            ],
            criteria: [
                WeightedTiers.Criterion(
                    id: "industry", weight: 3, when: leaf("company.industry", .isIn, texts("software"))),
                WeightedTiers.Criterion(id: "size", weight: 1, when: leaf("company.employees", .gte, .number(50))),
                WeightedTiers.Criterion(
                    id: "stack", weight: 1, when: leaf("company.technologies", .contains, .text("dbt"))),
            ], catalogue: catalogue)
    }

    @Test(arguments: [
        (["company.industry": FieldValue.text("Software"), "company.employees": .number(300)], "A", 80.0),
        (["company.industry": .text("Software"), "company.employees": .number(60)], "B", 80),
        (["company.industry": .text("Software")], "B", 60),
        (["company.employees": .number(300)], nil, 20),
    ])
    func theFirstTierThatFitsIsTaken(values: [String: FieldValue], tier: String?, score: Double) throws {
        let tiers = try Self.tiers()
        let match = tiers.match(record(values), now: now)
        #expect(match.tier == tier)
        #expect(match.score == score)
        let place = tiers.place(record(values), now: now)
        #expect(place.tier == tier && place.score == score)
    }

    @Test func saysWhatIsSatisfiedFailedAndUnknown() throws {
        let match = try Self.tiers().match(
            record(["company.industry": .text("banking"), "company.employees": .number(60)]), now: now)
        #expect(match.satisfied == ["size"])
        #expect(match.failed == ["industry"])
        #expect(match.unknown == ["stack"])
        #expect(match.reasons.map(\.path) == ["industry", "size", "stack", "tier A requires"])
    }

    @Test func faultsOfAllTreesAreReportedTogether() {
        #expect {
            try WeightedTiers(
                tiers: [WeightedTiers.Tier(name: "A", atLeast: 0, requires: leaf("lead.score", .exists))],
                criteria: [WeightedTiers.Criterion(id: "x", weight: 1, when: leaf("company.size", .exists))],
                catalogue: catalogue)
        } throws: { error in
            (error as? CriteriaFaults)?.faults.map(\.path) == [
                "icp.tiers[0].requires.field", "icp.criteria[0].when.field",
            ]
        }
    }
}
