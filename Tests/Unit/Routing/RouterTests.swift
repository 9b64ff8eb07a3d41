import Criteria
import Kernel
import RoutingDomain
import Testing

@Suite struct RouterTests {
    static let now = Instant(seconds: 1_750_000_000)
    static let catalogue = FieldCatalogue()

    @Test func theFirstRuleThatHoldsDecidesAndEveryRuleTriedIsTraced() throws {
        let decision = try route(
            country: "DE",
            rules: [
                rule("us", country: "US", .pool("us")), rule("de", country: "DE", .pool("de")),
                anyLead("all", .rep("x")),
            ],
            pools: ["de": [PoolMember(repID: "anna", team: "dach")], "us": [PoolMember(repID: "bob")]])
        let choice = try #require(decision.choice)
        #expect(choice.repID == "anna")
        #expect(choice.team == "dach")
        #expect(choice.poolID == "de")
        #expect(choice.rule == "de")
        #expect(decision.steps.map(\.kind) == [.rule, .rule, .pool, .candidate])
        #expect(decision.steps.map(\.id) == ["us", "de", "de", "anna"])
        #expect(decision.steps.map(\.verdict) == [.false, .true, .true, .true])
        let reason = try #require(decision.steps.first?.reasons.first)
        #expect(reason.field == "company.country")
        #expect(reason.expected == .text("US"))
        #expect(reason.found == .text("DE"))
        #expect(decision.agreementVersion == 7)
        #expect(decision.cause == .qualified)
    }

    @Test func aRuleOverAMissingFieldIsUnknownAndDoesNotDecide() throws {
        let decision = try route(
            country: nil, rules: [rule("de", country: "DE", .pool("de"))],
            pools: ["de": [PoolMember(repID: "anna")], "rest": [PoolMember(repID: "bob")]])
        #expect(decision.choice?.repID == "bob")
        #expect(decision.choice?.rule == "")
        #expect(decision.steps.first?.verdict == .unknown)
        #expect(decision.steps.map(\.kind) == [.rule, .fallback, .pool, .candidate])
    }

    @Test func everyCandidateIsTracedWithWhyTheyWereSkipped() throws {
        let until = Self.now.adding(.days(3))
        let decision = try route(
            country: "DE", rules: [rule("de", country: "DE", .pool("de"))],
            pools: [
                "de": [
                    PoolMember(repID: "gone", active: false),
                    PoolMember(repID: "away", absentUntil: until),
                    PoolMember(repID: "full", capacity: 5, openHandoffs: 5),
                    PoolMember(repID: "had"),
                    PoolMember(repID: "free", capacity: 5, openHandoffs: 4),
                    PoolMember(repID: "next"),
                ]
            ], excluding: ["had"])
        #expect(decision.choice?.repID == "free")
        #expect(
            decision.steps.filter { $0.kind == .candidate }.map(\.note) == [
                "skipped: inactive", "skipped: absent until \(until.text)", "skipped: at capacity 5 of 5",
                "skipped: had this lead before", "chosen", "",
            ])
    }

    @Test func whoIsSkippedNeitherEarnsNorPays() throws {
        let decision = try route(
            country: "DE", rules: [rule("de", country: "DE", .pool("de"))],
            pools: [
                "de": [
                    PoolMember(repID: "away", absentUntil: Self.now.adding(.days(1)), credit: 17),
                    PoolMember(repID: "a"), PoolMember(repID: "b"),
                ]
            ])
        let after = try #require(decision.choice?.poolAfter)
        #expect(after.members.map(\.credit) == [17, -FairTurn.lead / 2, FairTurn.lead / 2])
    }

    @Test(arguments: [
        ("nowhere", "unknown pool"), ("empty", "the pool is empty"), ("idle", "no one in the pool can take this lead"),
    ])
    func aPoolThatNoOneCanTakeFromFallsThroughToTheFallbackPool(pool: String, note: String) throws {
        let decision = try route(
            country: "DE", rules: [rule("de", country: "DE", .pool(pool))],
            pools: [
                "empty": [], "idle": [PoolMember(repID: "gone", active: false)], "rest": [PoolMember(repID: "bob")],
            ])
        #expect(decision.choice?.repID == "bob")
        #expect(decision.choice?.poolID == "rest")
        #expect(decision.steps.contains { $0.kind == .pool && $0.id == pool && $0.note == note })
    }

    @Test(arguments: [("gone", "skipped: inactive"), ("stranger", "skipped: unknown rep")])
    func aRuleThatNamesARepWhoIsNotThereFallsThroughToTheFallbackPool(rep: String, note: String) throws {
        let decision = try route(
            country: "DE", rules: [rule("de", country: "DE", .rep(rep))], pools: ["rest": [PoolMember(repID: "bob")]],
            reps: [PoolMember(repID: "gone", active: false)])
        #expect(decision.choice?.repID == "bob")
        #expect(decision.steps.contains { $0.kind == .candidate && $0.id == rep && $0.note == note })
    }

    @Test func aRuleThatNamesARepMovesNoPool() throws {
        let decision = try route(
            country: "DE", rules: [rule("de", country: "DE", .rep("anna"))],
            pools: ["rest": [PoolMember(repID: "bob")]],
            reps: [PoolMember(repID: "anna")])
        let choice = try #require(decision.choice)
        #expect(choice.repID == "anna")
        #expect(choice.poolID == "")
        #expect(choice.poolAfter == nil)
    }

    @Test func aPoolWhoseRepsAreOnlyBusyKeepsTheLeadWaiting() throws {
        let decision = try route(
            country: "DE", rules: [rule("de", country: "DE", .pool("de"))],
            pools: [
                "de": [PoolMember(repID: "full", capacity: 1, openHandoffs: 1)], "rest": [PoolMember(repID: "bob")],
            ])
        #expect(decision.outcome == .waiting(.pool("de")))
        #expect(decision.steps.last?.kind == .queue)
        #expect(decision.steps.last?.id == "de")
    }

    @Test func withoutAnyoneAtAllALeadWaitsAndIsNotDropped() throws {
        let nobody = try route(country: "DE", rules: [], pools: [:])
        #expect(nobody.outcome == .waiting(.pool("rest")))
        let noFallback = try route(country: "DE", rules: [], pools: [:], fallback: nil)
        #expect(noFallback.outcome == .waiting(nil))
        #expect(noFallback.steps.map(\.kind) == [.fallback, .queue])
    }

    @Test func aBreachGoesToAnotherRepOfThePoolOrStays() throws {
        let pool = [PoolMember(repID: "slow"), PoolMember(repID: "quick")]
        let rules = RoutingRules(version: 7, catalogue: Self.catalogue, rules: [], fallbackPool: "rest")
        var router = Router(rules: rules, cause: .timerBreached, at: Self.now, excluding: ["slow"])
        let moved = router.reassign(poolID: "de") { _ in Pool(id: "de", members: pool) }
        #expect(moved.choice?.repID == "quick")
        let stays = router.reassign(poolID: "de") { _ in Pool(id: "de", members: [pool[0]]) }
        #expect(stays.outcome == .unchanged)
        #expect(stays.steps.last?.note == "no one else is eligible: the lead stays with its rep")
    }

    // MARK: -

    private func rule(_ id: String, country: String, _ target: RoutingTarget) throws -> RoutingRule {
        let criteria = Criteria.leaf(Criteria.Leaf(field: "company.country", op: .eq, value: .text(country)))
        return RoutingRule(id: id, when: try CompiledCriteria(criteria, catalogue: Self.catalogue), target: target)
    }

    private func anyLead(_ id: String, _ target: RoutingTarget) -> RoutingRule {
        RoutingRule(id: id, when: nil, target: target)
    }

    private func route(
        country: String?, rules: [RoutingRule], pools: [String: [PoolMember]], reps: [PoolMember] = [],
        fallback: String? = "rest", excluding: Set<String> = []
    ) throws -> RoutingDecision {
        var record = FieldRecord(Self.catalogue)
        if let country { record["company.country"] = .text(country) }
        let rules = RoutingRules(version: 7, catalogue: Self.catalogue, rules: rules, fallbackPool: fallback)
        var router = Router(rules: rules, cause: .qualified, at: Self.now, excluding: excluding)
        return router.route(RoutedLead(record: record)) { target in
            switch target {
            case .pool(let id): pools[id].map { Pool(id: id, members: $0) }
            case .rep(let id): reps.first { $0.repID == id }.map { Pool(id: "", members: [$0]) }
            }
        }
    }
}

extension RoutingDecision {
    var choice: Choice? {
        if case .assigned(let choice) = outcome { choice } else { nil }
    }
}
