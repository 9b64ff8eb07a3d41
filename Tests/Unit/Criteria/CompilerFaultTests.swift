import Criteria
import Kernel
import Testing

@Suite struct CompilerFaultTests {
    @Test func reportsAllFaultsAtOnceWithPathAndNearestName() {
        let tree = Criteria.all([
            leaf("company.employes", .gte, .number(1)),
            .any([leaf("company.industry", .gte, .text("a")), leaf("company.employees", .gte, .text("many"))]),
            leaf("company.country", .isIn, .text("DE")),
            leaf("custom.renewal", .within, .text("soon")),
            leaf("custom.vip", .eq, .text("yes")),
            leaf("company.name", .exists, .boolean(true)),
            leaf("company.name", .eq),
        ])
        let found = faults(tree, path: "routing.rules[0].when")
        #expect(
            found.map(\.path) == [
                "routing.rules[0].when.all[0].field", "routing.rules[0].when.all[1].any[0].op",
                "routing.rules[0].when.all[1].any[1].value", "routing.rules[0].when.all[2].value",
                "routing.rules[0].when.all[3].value", "routing.rules[0].when.all[4].value",
                "routing.rules[0].when.all[5].value", "routing.rules[0].when.all[6].value",
            ])
        #expect(found[0].suggestion == "company.employees")
        #expect(found[0].found == "company.employes")
        #expect(found[2] == CriteriaFault(path: found[2].path, found: "many", expected: "a number"))
    }

    @Test func aWrongRangeIsAFault() {
        let backwards = leaf("company.employees", .between, .list([.number(5), .number(1)]))
        #expect(faults(backwards).first?.expected == "[low, high] with low <= high")
        #expect(faults(leaf("company.employees", .between, .list([.number(5)]))).first?.expected == "[low, high]")
        #expect(faults(leaf("company.employees", .eq, .number(.nan))).count == 1)
    }

    @Test func fieldsThatDoNotBelongHereAreFaults() {
        #expect(faults(leaf("lead.source", .exists), scope: .company).map(\.path) == ["field"])
        #expect(faults(leaf("engagement.kind", .exists), scope: .lead).map(\.path) == ["field"])
        let behaviour = Criteria.behaviour(Criteria.Behaviour(event: "x", filter: leaf("lead.source", .exists)))
        #expect(faults(behaviour).map(\.path) == ["where.field"])
        #expect(faults(behaviour, scope: .company).map(\.path) == ["event"])
        #expect(faults(leaf("custom.vip", .exists), scope: .company).isEmpty)
    }

    @Test func boundsOfBehaviourAreChecked() {
        let behaviour = Criteria.Behaviour(event: "", within: TimeSpan(seconds: 0), atLeast: 3, atMost: 2)
        #expect(Set(faults(.behaviour(behaviour)).map(\.path)) == ["event", "within", "at_most"])
    }

    @Test func sizeIsBounded() {
        var deep = leaf("company.name", .exists)
        for _ in 0..<16 { deep = .all([deep]) }
        #expect(faults(deep).map(\.expected) == ["at most 16"])
        let wide = Criteria.any(Array(repeating: leaf("company.name", .exists), count: 1_000))
        #expect(faults(wide).map(\.expected) == ["at most 1000"])
        let long = leaf("company.name", .glob, .text(String(repeating: "*", count: 257)))
        #expect(faults(long).map(\.path) == ["value"])
        let many = leaf("company.name", .isIn, .list(Array(repeating: .text("a"), count: 10_001)))
        #expect(faults(many).map(\.found) == ["10001 entries"])
    }
}
