import Criteria
import Kernel
import Testing

@Suite struct LogicTests {
    static let yes = leaf("company.industry", .exists)
    static let no = leaf("company.industry", .missing)
    static let maybe = leaf("company.employees", .gt, .number(1))
    static let values: [String: FieldValue] = ["company.industry": .text("x")]

    @Test(arguments: [
        ([yes, yes], Verdict.true, Verdict.true), ([yes, no], .false, .true), ([yes, maybe], .unknown, .true),
        ([no, no], .false, .false), ([no, maybe], .false, .unknown), ([maybe, no], .false, .unknown),
        ([maybe, maybe], .unknown, .unknown), ([], .true, .false),
    ])
    func groupsFollowKleene(parts: [Criteria], all: Verdict, any: Verdict) throws {
        #expect(try verdict(.all(parts), Self.values) == all)
        #expect(try verdict(.any(parts), Self.values) == any)
        let none: Verdict = any == .true ? .false : any == .false ? .true : .unknown
        #expect(try verdict(.none(parts), Self.values) == none)
    }

    @Test func whatIsTakenAwayIsNotKnownUntilItIsSetAgain() throws {
        var record = record(["company.employees": .number(1), "company.industry": .text("retail")])
        record["company.employees"] = nil
        record["company.industry"] = .text(" ")
        #expect(record["company.employees"] == nil && record["company.industry"] == nil)
        let isLarge = try CompiledCriteria(leaf("company.employees", .gte, .number(200)), catalogue: catalogue)
        #expect(isLarge.evaluate(record, now: now) == .unknown)
        record["company.employees"] = .number(450)
        #expect(record["company.employees"] == .number(450) && record["company.industry"] == nil)
        #expect(isLarge.evaluate(record, now: now) == .true)
    }

    @Test func explainsEveryLeafWithItsPath() throws {
        let tree = Criteria.all([
            Self.no, .any([Self.yes, Self.maybe]), .none([leaf("custom.plan", .eq, .text("pro"))]),
        ])
        let (verdict, reasons) = try CompiledCriteria(tree, catalogue: catalogue).explain(
            record(Self.values), now: now)
        #expect(verdict == .false)
        #expect(reasons.map(\.path) == ["all[0]", "all[1].any[0]", "all[1].any[1]", "all[2].none[0]"])
        #expect(reasons.map(\.verdict) == [.false, .true, .unknown, .unknown])
        #expect(reasons[2].text == "company.employees gt 1, not known")
        #expect(reasons[1].text == "company.industry exists, found x")
    }

    @Test func aTreeOfOneLeafHasAnEmptyPath() throws {
        let reasons = try CompiledCriteria(Self.yes, catalogue: catalogue).explain(record([:]), now: now).reasons
        #expect(reasons.map(\.path) == [""])
    }
}

@Suite struct BehaviourTests {
    static func fact(_ kind: String, daysAgo: Int64, content: String? = nil) -> BehaviourFact {
        var record = FieldRecord(catalogue)
        record["engagement.content_id"] = content.map(FieldValue.text)
        return BehaviourFact(
            kind: kind, occurredAt: Instant(microseconds: now.microseconds - TimeSpan.days(daysAgo).microseconds),
            record: record)
    }

    static let facts = [
        fact("page_view", daysAgo: 1, content: "pricing"), fact("page_view", daysAgo: 10, content: "blog"),
        fact("page_view", daysAgo: 20), fact("webinar", daysAgo: 3), fact("page_view", daysAgo: -1, content: "pricing"),
    ]

    static func verdict(
        _ event: String, content: String? = nil, within: TimeSpan? = nil, atLeast: Int? = nil, atMost: Int? = nil
    ) throws -> Verdict {
        let filter = content.map { leaf("engagement.content_id", .eq, .text($0)) }
        let tree = Criteria.behaviour(
            Criteria.Behaviour(event: event, filter: filter, within: within, atLeast: atLeast, atMost: atMost))
        return try CompiledCriteria(tree, catalogue: catalogue).evaluate(record([:]), behaviour: facts, now: now)
    }

    @Test func countsWhatHappenedUntilNow() throws {
        #expect(try Self.verdict("page_view") == .true)
        #expect(try Self.verdict("demo_requested") == .false)
        #expect(try Self.verdict("page_view", atLeast: 3) == .true)
        #expect(try Self.verdict("page_view", atLeast: 4) == .false)
        #expect(try Self.verdict("page_view", within: .days(10), atLeast: 2) == .true)
        #expect(try Self.verdict("page_view", within: .days(9), atLeast: 2) == .false)
        #expect(try Self.verdict("page_view", atMost: 2) == .false)
        #expect(try Self.verdict("demo_requested", atMost: 0) == .true)
        #expect(try Self.verdict("page_view", atLeast: 2, atMost: 3) == .true)
    }

    /// One view says nothing of its content: it may or may not count.
    @Test func aFilterThatIsUnknownLeavesTheCountOpen() throws {
        #expect(try Self.verdict("page_view", content: "pricing", atLeast: 1) == .true)
        #expect(try Self.verdict("page_view", content: "pricing", atLeast: 2) == .unknown)
        #expect(try Self.verdict("page_view", content: "pricing", atLeast: 3) == .false)
        #expect(try Self.verdict("page_view", content: "pricing", atMost: 1) == .unknown)
        #expect(try Self.verdict("page_view", content: "pricing", atMost: 2) == .true)
        #expect(try Self.verdict("page_view", content: "pricing", atMost: 0) == .false)
    }
}
