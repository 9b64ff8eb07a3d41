import Criteria
import Kernel
import Testing

@Suite struct CriteriaSetTests {
    private static func set(_ criteria: Criteria...) throws -> CriteriaSet {
        CriteriaSet(try criteria.map { try CompiledCriteria($0, catalogue: catalogue) })
    }

    private static let isLarge = leaf("company.employees", .gte, .number(200))

    @Test func verdictsComeInTheOrderOfTheCriteria() throws {
        let set = try Self.set(
            .none([Self.isLarge]), leaf("company.industry", .eq, .text("software")), Self.isLarge, .all([]))
        let known = record(["company.employees": .number(450)])
        #expect(set.verdicts(known, now: now) == [.false, .unknown, .true, .true])
        #expect(set.verdicts(record([:]), now: now) == [.unknown, .unknown, .unknown, .true])
    }

    @Test func conditionsThatAreTheSameAreCountedOnce() throws {
        let behaviour = Criteria.behaviour(
            .init(event: "view", filter: leaf("engagement.channel", .eq, .text("web")), atLeast: 2))
        let set = try Self.set(
            .all([Self.isLarge, behaviour]), .any([behaviour, .none([Self.isLarge])]),
            leaf("company.employees", .gte, .number(201)), leaf("company.open_positions", .gte, .number(200)))
        #expect(set.conditions == 4)
        #expect(set.needs.kinds == ["view"])
    }

    @Test func behaviourUnderDifferentFiltersIsCountedApart() throws {
        func views(of channel: String) -> Criteria {
            .behaviour(.init(event: "view", filter: leaf("engagement.channel", .eq, .text(channel))))
        }
        let seen = BehaviourFact(kind: "view", occurredAt: now, record: record(["engagement.channel": .text("web")]))
        let set = try Self.set(views(of: "web"), views(of: "email"))
        #expect(set.verdicts(record([:]), behaviour: [seen], now: now) == [.true, .false])
    }

    /// As texts they are equal, but one is no part of the other: parts are compared by their bytes.
    @Test func partsOfTextThatOnlyLookAlikeAreToldApart() throws {
        let set = try Self.set(
            leaf("company.city", .contains, .text("m\u{E9}")), leaf("company.city", .contains, .text("me\u{301}")))
        #expect(set.verdicts(record(["company.city": .text("Am\u{E9}rica")]), now: now) == [.true, .false])
    }

    @Test(arguments: [("m\u{E9}", "me\u{301}"), ("me\u{301}", "M\u{E9}"), (";", "\u{37E}"), ("\u{37E}", ";")])
    func textsThatAreWrittenInTwoWaysAreEqual(wanted: String, found: String) throws {
        let set = try Self.set(leaf("company.city", .eq, .text(wanted)))
        #expect(set.verdicts(record(["company.city": .text(found)]), now: now) == [.true])
    }

    @Test func noCriteriaHaveNoVerdicts() throws {
        #expect(try Self.set().verdicts(record(["company.employees": .number(1)]), now: now).isEmpty)
    }
}
