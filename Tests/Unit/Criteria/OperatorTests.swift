import Criteria
import Kernel
import Testing

@Suite struct OperatorTests {
    static let company: [String: FieldValue] = [
        "company.industry": .text("Computer Software"), "company.employees": .number(200),
        "company.technologies": texts("Snowflake", "dbt"), "custom.vip": .boolean(true),
        "custom.renewal": .date(now.adding(TimeSpan(microseconds: -TimeSpan.days(30).microseconds))),
    ]

    @Test(arguments: [
        (leaf("company.industry", .eq, .text("computer SOFTWARE")), Verdict.true),
        (leaf("company.industry", .eq, .text("software")), .false),
        (leaf("company.industry", .ne, .text("computer software")), .false),
        (leaf("company.industry", .isIn, texts("banking", "Computer Software")), .true),
        (leaf("company.industry", .notIn, texts("banking", "retail")), .true),
        (leaf("company.industry", .contains, .text("SOFT")), .true),
        (leaf("company.industry", .contains, .text("softer")), .false),
        (leaf("company.industry", .containsAny, texts("bank", "ware")), .true),
        (leaf("company.industry", .containsAll, texts("comp", "bank")), .false),
        (leaf("company.industry", .containsAll, texts("comp", "ware")), .true),
        (leaf("company.industry", .startsWith, .text("Comp")), .true),
        (leaf("company.industry", .startsWith, .text("Software")), .false),
        (leaf("company.industry", .endsWith, .text("WARE")), .true),
        (leaf("company.industry", .endsWith, .text("a very long ending that is longer than the text")), .false),
        (leaf("company.industry", .glob, .text("c*soft*")), .true),
        (leaf("company.industry", .exists), .true),
        (leaf("company.industry", .missing), .false),
    ])
    func comparesTextWithoutRegardToCase(criteria: Criteria, expected: Verdict) throws {
        #expect(try verdict(criteria, Self.company) == expected)
    }

    @Test(arguments: [
        (CriteriaOperator.eq, 200.0, Verdict.true), (.eq, 201, .false), (.ne, 200, .false), (.lt, 200, .false),
        (.lt, 200.5, .true), (.lte, 200, .true), (.lte, 199, .false), (.gt, 200, .false), (.gt, 199.9, .true),
        (.gte, 200, .true), (.gte, 201, .false),
    ])
    func comparesNumbers(op: CriteriaOperator, value: Double, expected: Verdict) throws {
        #expect(try verdict(leaf("company.employees", op, .number(value)), Self.company) == expected)
    }

    @Test(arguments: [
        (leaf("company.employees", .between, .list([.number(200), .number(300)])), Verdict.true),
        (leaf("company.employees", .between, .list([.number(100), .number(200)])), .true),
        (leaf("company.employees", .between, .list([.number(201), .number(300)])), .false),
        (leaf("company.employees", .isIn, .list([.number(1), .number(200)])), .true),
        (leaf("company.employees", .notIn, .list([.number(1), .number(200)])), .false),
        (leaf("company.technologies", .contains, .text("DBT")), .true),
        (leaf("company.technologies", .contains, .text("db")), .false),
        (leaf("company.technologies", .containsAny, texts("looker", "snowflake")), .true),
        (leaf("company.technologies", .containsAll, texts("looker", "snowflake")), .false),
        (leaf("company.technologies", .containsAll, texts("DBT", "snowflake")), .true),
        (leaf("custom.vip", .eq, .boolean(true)), .true),
        (leaf("custom.vip", .ne, .boolean(true)), .false),
    ])
    func comparesRangesListsAndTruth(criteria: Criteria, expected: Verdict) throws {
        #expect(try verdict(criteria, Self.company) == expected)
    }

    /// The renewal is exactly 30 days ago.
    @Test(arguments: [
        (CriteriaOperator.within, "30d", Verdict.true), (.within, "29d", .false), (.olderThan, "30d", .false),
        (.olderThan, "29d", .true), (.lt, "2026-03-01", .false), (.gte, "2026-03-01", .true),
    ])
    func comparesDatesWithNow(op: CriteriaOperator, value: String, expected: Verdict) throws {
        #expect(try verdict(leaf("custom.renewal", op, .text(value)), Self.company) == expected)
    }

    @Test func aDateToComeIsNeitherWithinNorOlder() throws {
        let values = ["custom.renewal": FieldValue.date(now.adding(.days(1)))]
        #expect(try verdict(leaf("custom.renewal", .within, .text("30d")), values) == .false)
        #expect(try verdict(leaf("custom.renewal", .olderThan, .text("30d")), values) == .false)
    }

    @Test func aDateMayArriveAsText() throws {
        let values = ["custom.renewal": FieldValue.text("2026-05-28T20:26:40+00:00")]
        #expect(try verdict(leaf("custom.renewal", .eq, .text("2026-05-28T20:26:40Z")), values) == .true)
        #expect(try verdict(leaf("custom.renewal", .between, texts("2026-05-28", "2026-05-29")), values) == .true)
    }

    @Test func everyOperatorOnAMissingFieldIsUnknownButExistsAndMissing() throws {
        #expect(try verdict(leaf("company.employees", .ne, .number(5))) == .unknown)
        #expect(try verdict(leaf("company.industry", .notIn, texts("banking"))) == .unknown)
        #expect(try verdict(leaf("company.technologies", .contains, .text("dbt"))) == .unknown)
        #expect(try verdict(leaf("custom.vip", .eq, .boolean(false))) == .unknown)
        #expect(try verdict(leaf("custom.renewal", .within, .text("3d"))) == .unknown)
        #expect(try verdict(leaf("custom.renewal", .exists)) == .false)
        #expect(try verdict(leaf("custom.renewal", .missing)) == .true)
    }

    @Test func blankAndIllFittingValuesAreMissing() throws {
        let values: [String: FieldValue] = [
            "company.industry": .text("  "), "company.technologies": .list([]), "company.employees": .text("many"),
            "company.annual_revenue": .number(.infinity),
        ]
        for field in values.keys { #expect(try verdict(leaf(field, .missing), values) == .true) }
        #expect(try verdict(leaf("company.employees", .eq, .number(12)), ["company.employees": .text("12")]) == .true)
    }
}
