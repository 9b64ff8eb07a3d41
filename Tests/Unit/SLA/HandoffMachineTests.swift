import Criteria
import Kernel
import Testing

@testable import SLADomain

@Suite struct HandoffMachineTests {
    private static let catalogue = FieldCatalogue()

    private static func rule(
        _ id: String, _ startsOn: HandoffStep, _ stopsOn: Set<HandoffStep>, when: Criteria? = nil
    ) throws -> TimerRule {
        TimerRule(
            id: id, startsOn: startsOn, stopsOn: stopsOn, duration: .hours(4), time: .wall,
            criteria: try when.map { try CompiledCriteria($0, catalogue: catalogue) })
    }

    /// A handoff that is told its news one by one.
    private struct Story {
        let terms: SLATerms
        var record: HandoffRecord?
        var timers: [HandoffTimer] = []
        var told: [String] = []
        var lead: [String: String] = [:]

        init(_ rules: [TimerRule]) {
            terms = SLATerms(version: 1, calendars: [], rules: rules, catalogue: catalogue)
        }

        mutating func hear(_ steps: HandoffStep..., time: String, rep: String = "ann", event: String = "") throws {
            let news = HandoffNews(
                eventID: event.isEmpty ? "\(steps[0]) \(time)" : event, handoffID: "h1", leadID: "l1", repID: rep,
                team: "north", steps: steps, occurredAt: try at("2026-03-09T\(time):00Z"), agreementVersion: 1)
            let terms = terms
            let lead = lead
            let machine = HandoffMachine(terms: terms) { try #require(terms.rule($0.rule)) }
            let decision = try machine.decide(news, record: record, timers: timers) { score in
                var fields = FieldRecord(catalogue)
                for (name, value) in lead { fields[name] = .text(value) }
                if let total = score.total { fields["lead.score"] = .number(total) }
                return fields
            }
            guard let decision else { return }
            record = decision.record
            timers = timers.map { known in decision.changed.first { $0.id == known.id } ?? known } + decision.armed
            told += decision.facts.map {
                "\($0.timer.id.dropFirst(3)) \($0.timer.state) \($0.occurredAt.text.dropFirst(11).prefix(5))"
            }
        }
    }

    @Test("An assignment arms what starts on it; later steps arm theirs and stop what names them")
    func wholeWay() throws {
        var story = Story([
            try Self.rule("accept", .assigned, [.accepted, .rejected]),
            try Self.rule("touch", .accepted, [.touched]), try Self.rule("decide", .touched, [.qualified, .rejected]),
        ])
        try story.hear(.assigned, time: "08:00")
        try story.hear(.accepted, time: "09:00")
        try story.hear(.touched, time: "10:00")
        try story.hear(.touched, time: "10:30")
        try story.hear(.qualified, time: "11:00")
        #expect(
            story.told == [
                "accept.1 armed 08:00", "accept.1 met 09:00", "touch.1 armed 09:00", "touch.1 met 10:00",
                "decide.1 armed 10:00", "decide.1 met 11:00",
            ])
    }

    @Test("Another rep gets clocks of their own, and those of the one before end")
    func reassignment() throws {
        var story = Story([
            try Self.rule("accept", .assigned, [.accepted]), try Self.rule("touch", .accepted, [.touched]),
        ])
        try story.hear(.assigned, time: "08:00")
        try story.hear(.accepted, time: "09:00")
        try story.hear(.assigned, time: "10:00", rep: "bob")
        try story.hear(.accepted, time: "11:00", rep: "bob")
        #expect(
            story.told == [
                "accept.1 armed 08:00", "accept.1 met 09:00", "touch.1 armed 09:00", "touch.1 cancelled 10:00",
                "accept.2 armed 10:00", "accept.2 met 11:00", "touch.2 armed 11:00",
            ])
        #expect(story.timers.map(\.repID) == ["ann", "ann", "bob", "bob"])
    }

    @Test("A breach stands when the reassignment that follows it comes")
    func reassignmentOnBreach() throws {
        var story = Story([try Self.rule("accept", .assigned, [.accepted])])
        try story.hear(.assigned, time: "08:00")
        try story.hear(.assigned, time: "12:00", rep: "bob")
        #expect(story.told == ["accept.1 armed 08:00", "accept.1 breached 12:00", "accept.2 armed 12:00"])
        // What the next rep does is not the first one's merit.
        try story.hear(.accepted, time: "13:00", rep: "bob")
        #expect(story.timers.map(\.state) == [.breached, .met])
        #expect(story.timers[0].metLateAt == nil)
    }

    @Test("The same assignment again changes nothing")
    func duplicates() throws {
        var story = Story([try Self.rule("accept", .assigned, [.accepted])])
        try story.hear(.assigned, time: "08:00", event: "e1")
        try story.hear(.assigned, time: "08:00", event: "e1")
        try story.hear(.accepted, time: "09:00", event: "e2")
        try story.hear(.accepted, time: "09:00", event: "e2")
        #expect(story.told == ["accept.1 armed 08:00", "accept.1 met 09:00"])
    }

    @Test("Rejection, closing and qualification cancel what they do not meet, and nothing is armed behind them")
    func ends() throws {
        for end in [HandoffStep.rejected, .qualified, .closed] {
            var story = Story([
                try Self.rule("accept", .assigned, [.accepted, end]), try Self.rule("other", .assigned, [.touched]),
                try Self.rule("touch", .accepted, [.touched]),
            ])
            try story.hear(.assigned, time: "08:00")
            try story.hear(end, time: "09:00")
            try story.hear(.accepted, time: "09:30")
            #expect(
                story.told == [
                    "accept.1 armed 08:00", "other.1 armed 08:00", "accept.1 met 09:00", "other.1 cancelled 09:00",
                ])
        }
    }

    @Test(
        "A handoff that was closed before anyone had it is open again when someone gets it, not when they had it before"
    )
    func reopening() throws {
        var story = Story([try Self.rule("accept", .assigned, [.accepted])])
        try story.hear(.closed, time: "08:00", rep: "")
        try story.hear(.assigned, time: "07:30")
        #expect(story.told.isEmpty)
        story = Story([try Self.rule("accept", .assigned, [.accepted])])
        try story.hear(.closed, time: "08:00", rep: "")
        try story.hear(.assigned, time: "09:00")
        #expect(story.told == ["accept.1 armed 09:00"])
        try story.hear(.closed, time: "09:30")
        try story.hear(.assigned, time: "10:00")
        #expect(story.told == ["accept.1 armed 09:00", "accept.1 cancelled 09:30", "accept.2 armed 10:00"])
    }

    @Test("What was done before a timer starts need not be done again")
    func alreadyDone() throws {
        var story = Story([try Self.rule("touch", .accepted, [.touched])])
        try story.hear(.assigned, time: "08:00")
        try story.hear(.touched, time: "08:30")
        try story.hear(.accepted, time: "09:00")
        #expect(story.told == ["touch.1 armed 09:00", "touch.1 met 09:00"])
        // What the rep before had done does not count for the next.
        try story.hear(.assigned, time: "10:00", rep: "bob")
        try story.hear(.accepted, time: "11:00", rep: "bob")
        #expect(story.told.last == "touch.2 armed 11:00")
    }

    @Test("A rule is armed only for leads that fit, for certain")
    func criteria() throws {
        let west = Criteria.leaf(.init(field: "lead.territory", op: .eq, value: .text("west")))
        for (territory, count) in [("west", 1), ("east", 0), ("", 0)] {
            var story = Story([try Self.rule("accept", .assigned, [.accepted], when: west)])
            story.lead["lead.territory"] = territory
            try story.hear(.assigned, time: "08:00")
            #expect(story.timers.count == count, "territory \(territory)")
        }
    }

    @Test("Without an agreement nothing is armed, and the steps are remembered")
    func noAgreement() throws {
        let machine = HandoffMachine(terms: nil) { _ in throw HandoffError.ruleUnknown(timer: "", version: 0) }
        let news = HandoffNews(
            eventID: "e1", handoffID: "h1", leadID: "l1", repID: "ann", team: "", steps: [.assigned],
            occurredAt: try at("2026-03-09T08:00:00Z"), agreementVersion: 0)
        let decision = try machine.decide(news, record: nil, timers: []) { _ in nil }
        #expect(decision?.armed == [])
        #expect(decision?.record.steps.keys.contains(.assigned) == true)
    }
}
