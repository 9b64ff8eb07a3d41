import Kernel
import RoutingDomain
import Testing

@Suite struct HandoffTests {
    static let start = Instant(seconds: 1_750_000_000)
    static let now = start.adding(.hours(8))
    static let assignedAt = start.adding(.hours(1))

    static let commands: [String: HandoffCommand] = [
        "accept": .accept, "touch": .touch(alreadyKnown: false), "qualify": .qualify,
        "nurture": .reject(code: "no_budget", detail: "", then: .nurture),
        "reassign": .reject(code: "wrong_region", detail: "", then: .reassign),
        "close": .reject(code: "spam", detail: "", then: .close),
    ]

    /// Every command in every state: the state it leads to, `=` for "happened before", nothing for "refused".
    @Test(arguments: [
        (HandoffState.waiting, ["": ""]),
        (
            .assigned,
            [
                "accept": "accepted", "touch": "assigned", "nurture": "recycled", "reassign": "rejected",
                "close": "closed",
            ]
        ),
        (
            .accepted,
            [
                "accept": "=", "touch": "touched", "qualify": "qualified", "nurture": "recycled",
                "reassign": "rejected", "close": "closed",
            ]
        ),
        (
            .touched,
            [
                "accept": "=", "touch": "touched", "qualify": "qualified", "nurture": "recycled",
                "reassign": "rejected", "close": "closed",
            ]
        ),
        (.qualified, ["accept": "=", "touch": "qualified", "qualify": "="]),
        (.recycled, ["accept": "="]),
        (.closed, ["accept": "="]),
    ])
    func everyCommandInEveryState(state: HandoffState, expected: [String: String]) {
        for (name, command) in Self.commands.sorted(by: { $0.key < $1.key }) {
            let outcome: String
            do {
                switch try Self.handoff(state).decide(
                    HandoffOrder(command, actor: state == .waiting ? nil : "anna"), now: Self.now)
                {
                case .changed(let next, _): outcome = next.state.rawValue
                case .alreadyDone: outcome = "="
                }
            } catch {
                #expect(error == .impossible(command, state: state))
                outcome = ""
            }
            #expect(outcome == expected[name] ?? "", "\(name) in \(state)")
        }
    }

    @Test func onlyTheAssigneeMayActWhenAnActorIsNamed() {
        for command in Self.commands.values {
            #expect(throws: HandoffRefusal.notTheAssignee(actor: "eve", assignee: "anna")) {
                try Self.handoff(.accepted).decide(HandoffOrder(command, actor: "eve"), now: Self.now)
            }
        }
    }

    @Test func aTouchBeforeAcceptanceKeepsAcceptingAPromiseOfItsOwn() throws {
        let touched = try Self.changed(Self.handoff(.assigned), .touch(alreadyKnown: false))
        #expect(touched.state == .assigned)
        #expect(touched.firstTouchedAt == Self.now)
        #expect(touched.acceptedAt == nil)
        let accepted = try Self.changed(touched, .accept)
        #expect(accepted.state == .touched)
    }

    @Test func theFirstTouchStaysTheFirst() throws {
        let first = try Self.changed(Self.handoff(.accepted), .touch(alreadyKnown: false))
        let order = HandoffOrder(.touch(alreadyKnown: false), occurredAt: Self.now)
        guard case .changed(let second, _) = try first.decide(order, now: Self.now.adding(.hours(1))) else {
            Issue.record("not changed")
            return
        }
        #expect(second.firstTouchedAt == Self.now)
    }

    @Test func aKnownActivityChangesNothingInAnyState() throws {
        for state in HandoffState.allCases where state != .rejected {
            let order = HandoffOrder(.touch(alreadyKnown: true))
            #expect(try Self.handoff(state).decide(order, now: Self.now) == .alreadyDone)
        }
    }

    @Test func repeatingARejectionByTheSameRepIsHarmlessAfterTheLeadWentOn() throws {
        let rejection = Rejection(repID: "anna", code: "wrong_region", at: Self.assignedAt)
        var next = Self.handoff(.assigned)
        next.repID = "bob"
        let command = HandoffCommand.reject(code: "wrong_region", detail: "", then: .reassign)
        let again = HandoffOrder(command, actor: "anna")
        #expect(try next.decide(again, now: Self.now, rejections: [rejection]) == .alreadyDone)
        let bobs = HandoffOrder(command, actor: "bob")
        #expect(try next.decide(bobs, now: Self.now, rejections: [rejection]) != .alreadyDone)
        let other = HandoffOrder(.reject(code: "spam", detail: "", then: .close), actor: "anna")
        #expect(throws: HandoffRefusal.notTheAssignee(actor: "anna", assignee: "bob")) {
            try next.decide(other, now: Self.now, rejections: [rejection])
        }
    }

    @Test func whenItHappenedIsNeitherInTheFutureNorBeforeTheAssignment() throws {
        let handoff = Self.handoff(.assigned)
        let future = Self.now.adding(TimeSpan(microseconds: 1))
        #expect(throws: HandoffRefusal.inTheFuture(occurredAt: future, now: Self.now)) {
            try handoff.decide(HandoffOrder(.accept, occurredAt: future), now: Self.now)
        }
        #expect(throws: HandoffRefusal.beforeAssignment(occurredAt: Self.start, assignedAt: Self.assignedAt)) {
            try handoff.decide(HandoffOrder(.accept, occurredAt: Self.start), now: Self.now)
        }
        let order = HandoffOrder(.accept, occurredAt: Self.assignedAt)
        guard case .changed(let accepted, let at) = try handoff.decide(order, now: Self.now) else {
            Issue.record("not changed")
            return
        }
        #expect(at == Self.assignedAt)
        #expect(accepted.acceptedAt == Self.assignedAt)
    }

    @Test func anotherRepStartsAfresh() throws {
        var rejected = try Self.changed(Self.handoff(.touched), Self.commands["reassign"] ?? .accept)
        #expect(rejected.reasonCode == "wrong_region")
        rejected = rejected.waiting(for: .pool("de"), at: Self.now)
        #expect(rejected.waiting(for: nil, at: Self.now.adding(.hours(1))).waitingSince == Self.now)
        #expect(rejected.repID == nil)
        #expect(rejected.previousRepID == "anna")
        let choice = try #require(Self.choice("bob"))
        let given = rejected.assigned(to: choice, at: Self.now)
        #expect(given.state == .assigned)
        #expect(given.acceptedAt == nil)
        #expect(!given.touchedByRep)
        #expect(given.reassignments == 1)
        #expect(given.previousRepID == nil)
        #expect(given.waitingSince == nil)
    }

    @Test func aBreachConcernsOnlyTheAssignmentItWasAbout() {
        let breach = Breach(repID: "anna", at: Self.assignedAt.adding(.hours(4)), stops: [.accepted, .rejected])
        #expect(breach.concerns(Self.handoff(.assigned)))
        for state in [HandoffState.waiting, .accepted, .touched, .qualified, .recycled, .closed] {
            #expect(!breach.concerns(Self.handoff(state)), "\(state)")
        }
        var others = Self.handoff(.assigned)
        others.repID = "bob"
        #expect(!breach.concerns(others))
        #expect(!Breach(repID: "anna", at: Self.start, stops: [.accepted]).concerns(Self.handoff(.assigned)))
        let decide = Breach(repID: "anna", at: Self.now, stops: [.qualified, .rejected])
        #expect(decide.concerns(Self.handoff(.touched)))
        let touch = Breach(repID: "anna", at: Self.now, stops: [.touched])
        #expect(touch.concerns(Self.handoff(.accepted)))
        #expect(!touch.concerns(Self.handoff(.touched)))
    }

    // MARK: -

    static func handoff(_ state: HandoffState) -> Handoff {
        var handoff = Handoff(id: "h-1", leadID: "l-1", agreementVersion: 1, createdAt: start, incomplete: false)
        guard state != .waiting else { return handoff }
        handoff.state = state
        handoff.repID = "anna"
        handoff.assignedAt = assignedAt
        if state != .assigned { handoff.acceptedAt = assignedAt }
        handoff.touchedByRep = state == .touched
        if state == .qualified { handoff.qualifiedAt = assignedAt }
        if !state.isOpen { handoff.closedAt = assignedAt }
        return handoff
    }

    static func changed(_ handoff: Handoff, _ command: HandoffCommand) throws -> Handoff {
        guard case .changed(let next, _) = try handoff.decide(HandoffOrder(command), now: now) else { return handoff }
        return next
    }

    static func choice(_ repID: String) -> RoutingDecision.Choice? {
        let rules = RoutingRules(version: 1, catalogue: RouterTests.catalogue, rules: [], fallbackPool: "de")
        var router = Router(rules: rules, cause: .rejected, at: now)
        return router.reassign(poolID: "de") { _ in Pool(id: "de", members: [PoolMember(repID: repID)]) }.choice
    }
}
