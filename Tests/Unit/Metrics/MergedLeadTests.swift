import AccordTesting
import Contracts
import Kernel
import MetricsService
import SwiftProtobuf
import Testing

/// Leads that become one, and are told apart again, in every report.
@Suite struct MergedLeadTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a merged lead is one lead in every report, as if all had come under one id, in whatever order`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let story = MergeStory(pairs: 8, &random)
        let one = try await MergeReports.after(story.underOneID, story.ofOneID, &random)
        for _ in 0..<3 {
            let merged = try await MergeReports.after(story.told + story.merges, story, &random)
            #expect(merged == one, "replay with SeededRandom(seed: \(seed))")
        }
    }

    @Test(arguments: 11...14 as ClosedRange<UInt64>)
    func `a split undoes a merge in every report, in whatever order`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let story = MergeStory(pairs: 8, &random)
        let apart = try await MergeReports.after(story.told + story.facts, story, &random)
        let merged = try await MergeReports.after(story.told + story.merges, story, &random)
        #expect(merged != apart)
        for _ in 0..<3 {
            let split = try await MergeReports.after(
                story.told + story.merges + story.splits + story.facts, story, &random)
            #expect(split == apart, "replay with SeededRandom(seed: \(seed))")
        }
    }

    @Test func `of merges of merged leads the last one holds, whichever is heard first`() async throws {
        let lead = { (id: String, former: [String], sequence: Int64) in
            MergeStory.merged(id, former, sequence: sequence, day: Double(sequence))
        }
        let events = [lead("b", ["c"], 1), lead("a", ["b", "c"], 2), MergeStory.split("a", [], off: "b", ["c"], 3)]
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let fixture = try Story.fixture()
            let client = WireMetricsServiceClient(fixture.transport)
            for id in ["a", "b", "c"] {
                var story = Story()
                story.score(Story.facts(id, day: 0), day: 0, to: 10)
                for event in story.events { try await fixture.deliver(event) }
            }
            for index in order { try await fixture.deliver(events[index]) }
            #expect(try await client.getFunnel(.init()).total.stages.first?.leads == 2)
            let journey = try await client.getJourney(.with { $0.leadID = "c" })
            #expect(journey.leadID == "b")
            #expect(journey.formerIds == ["c"])
        }
    }

    @Test func `the journey of any id is that of the lead, and tells of the merge and of the split`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var story = Story()
        story.score(
            Story.facts("a", day: 1), day: 1, to: 10,
            engagements: [Story.engagement("e1", lead: "a", channel: "email", day: 1)])
        story.score(
            Story.facts("b", source: "fair", day: 0), day: 0, to: 20,
            engagements: [Story.engagement("e2", lead: "b", channel: "ads", day: 0)])
        for event in story.events { try await fixture.deliver(event) }
        try await fixture.deliver(MergeStory.merged("a", ["b"], sequence: 1, day: 2))
        let merged = try await client.getJourney(.with { $0.leadID = "b" })
        #expect(merged == (try await client.getJourney(.with { $0.leadID = "a" })))
        #expect(merged.lead.leadID == "a")
        #expect(merged.lead.createdAt == Story.at(day: 0).wire)
        #expect(
            merged.steps.map(\.title) == [
                "Inquiry from web", "visit (ads)", "Score 0.0 to 20.0", "Engaged", "visit (email)", "Score 0.0 to 10.0",
                "Merged with b",
            ])
        try await fixture.deliver(MergeStory.split("a", [], off: "b", [], 2, day: 3))
        let titles = { (id: String) in
            try await client.getJourney(.with { $0.leadID = id }).steps.map(\.title)
        }
        #expect(
            try await titles("a") == [
                "Inquiry from web", "visit (email)", "Score 0.0 to 10.0", "Engaged", "Merged with b", "Split off b",
            ])
        #expect(
            try await titles("b") == [
                "Inquiry from fair", "visit (ads)", "Score 0.0 to 20.0", "Engaged", "Merged into a", "Split from a",
            ])
    }

    @Test func `touches of a merged lead are the union, nothing twice, and credits add up to the revenue`()
        async throws
    {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var story = Story()
        story.score(
            Story.facts("a", day: 0), day: 0, to: 10,
            engagements: [Story.engagement("e1", lead: "a", channel: "email", day: 0)])
        story.score(
            Story.facts("b", day: 0), day: 0, to: 10,
            engagements: [
                Story.engagement("e2", lead: "b", channel: "ads", day: 1),
                // Also told of the other lead.
                Story.engagement("e1", lead: "b", channel: "email", day: 0),
            ])
        for event in story.events { try await fixture.deliver(event) }
        try await fixture.deliver(MergeStory.merged("a", ["b"], sequence: 1, day: 2))
        // Came under the former id, and is told of the lead as a whole.
        var later = Story()
        later.score(
            Story.facts("a", day: 0), day: 3, to: 30,
            engagements: [Story.engagement("e3", lead: "b", channel: "social", day: 3)])
        for var event in later.events {
            event.eventID = "later"
            try await fixture.deliver(event)
        }
        _ = try await client.recordTouches(
            .with {
                $0.touches = [
                    .with {
                        $0.touchID = "e1"
                        $0.leadID = "b"
                        $0.channel = "recorded"
                        $0.occurredAt = Story.at(day: 0).wire
                    }
                ]
            })
        for (deal, lead) in [("d1", "a"), ("d2", "b")] {
            _ = try await client.recordOpportunities(
                .with {
                    $0.opportunities = [
                        .with {
                            $0.opportunityID = deal
                            $0.leadID = lead
                            $0.outcome = .won
                            $0.amount = Money(minorUnits: 300, currency: "EUR").wire
                            $0.openedAt = Story.at(day: 4).wire
                            $0.closedAt = Story.at(day: 5).wire
                        }
                    ]
                })
        }
        let linear = { () -> [String: Int64] in
            let result = try await client.getAttribution(.with { $0.model = "linear" }).results[0]
            return Dictionary(uniqueKeysWithValues: result.credits.map { ($0.value, $0.credit.minorUnits) })
        }
        #expect(try await linear() == ["recorded": 200, "ads": 200, "social": 200])
        #expect(
            try await client.listLeadOutcomes(.init()).outcomes.map { [$0.leadID, "\($0.wonAmounts[0].minorUnits)"] }
                == [["a", "600"]])
        #expect(
            try await client.listOpportunities(.init()).opportunities.map { [$0.opportunity.leadID, $0.lead.leadID] }
                == [["a", "a"], ["b", "a"]])
        try await fixture.deliver(MergeStory.split("a", [], off: "b", [], 2, day: 6))
        #expect(try await linear() == ["email": 300, "recorded": 100, "ads": 100, "social": 100])
    }

    @Test func `a handoff that ended by the merge is no rejection, and its rep has the lead no more`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var story = Story()
        let (a, b) = (Story.facts("a", day: 0), Story.facts("b", day: 0))
        for (lead, rep, day) in [(a, "ana", 1.0), (b, "ben", 2)] {
            story.score(lead, day: 0, to: 10)
            story.tell(
                "routing", .handoffAssigned(.with { $0.handoff = Story.handoff(lead, rep: rep) }), lead: lead.leadID,
                day: day)
        }
        for event in story.events { try await fixture.deliver(event) }
        try await fixture.deliver(MergeStory.merged("a", ["b"], sequence: 1, day: 3))
        let reps = {
            try await client.getFunnel(.with { $0.splitBy = "rep" }).rows.map { [$0.value, "\($0.stages[0].leads)"] }
        }
        #expect(try await reps() == [["ben", "1"]])
        var closing = Story()
        closing.tell(
            "routing",
            .handoffClosed(
                .with {
                    $0.handoff = Story.handoff(b, rep: "ben")
                    $0.reasonCode = "merged"
                    $0.reasonDetail = "h-a goes on"
                }), lead: "b", day: 3)
        for var event in closing.events {
            event.eventID = "closing"
            try await fixture.deliver(event)
        }
        #expect(try await reps() == [["ana", "1"]])
        #expect(try await client.listLeadOutcomes(.init()).outcomes.map(\.hasRejectedAt) == [false])
        let titles = try await client.getJourney(.with { $0.leadID = "a" }).steps.map(\.title)
        #expect(titles.contains("Handoff closed: h-a goes on"))
    }
}

/// Pairs of leads that become one, and what is told of them.
struct MergeStory {
    let told: [WireEvent]
    private(set) var deals: [WireOpportunity]
    private(set) var touches: [WireTouch]
    /// With the facts of the merged leads.
    let merges: [WireEvent]
    let splits: [WireEvent]
    /// Of every lead alone, as Scoring tells them after a split.
    let facts: [WireEvent]
    private let pairs: Int

    init(pairs: Int, _ random: inout SeededRandom) {
        self.pairs = pairs
        let (events, deals, touches) = RandomStory.make(leads: 2 * pairs, &random)
        // No two leads do anything at the same time, so that which of two facts is the latest is defined.
        told = events.map { event in
            var event = event
            let number = Int64(event.key.dropFirst(5)) ?? 0
            event.occurredAt = Instant(microseconds: Instant(event.occurredAt).microseconds + number).wire
            return event
        }
        self.deals = deals
        self.touches = touches
        let created = Self.creation(told)
        merges = (0..<pairs).flatMap { pair in
            let (root, former) = Self.ids(pair)
            let day = 40 + Double(pair)
            return [
                Self.merged(root, [former], sequence: Int64(pair + 1), day: day),
                Self.scored(Self.union(root, former, created), day: day),
            ]
        }
        splits = (0..<pairs).map { pair in
            Self.split(Self.ids(pair).root, [], off: Self.ids(pair).former, [], Int64(100 + pair), day: 60)
        }
        facts = (0..<2 * pairs).map { number in
            let id = "lead-\(number)"
            return Self.scored(Story.facts(id, source: "web", day: 1), day: 61, from: 1)
        }
    }

    /// The same, had everything come under the ids that stay.
    var underOneID: [WireEvent] {
        told.map { renamed($0) } + merges.filter { $0.payload?.kind == .leadScored }
    }

    /// With deals and touches as if they had been recorded under the ids that stay.
    var ofOneID: MergeStory {
        var story = self
        for index in deals.indices { story.deals[index].leadID = now(deals[index].leadID) }
        for index in touches.indices { story.touches[index].leadID = now(touches[index].leadID) }
        return story
    }

    static func ids(_ pair: Int) -> (root: String, former: String) { ("lead-\(2 * pair)", "lead-\(2 * pair + 1)") }

    static func merged(_ id: String, _ former: [String], sequence: Int64, day: Double) -> WireEvent {
        event(
            "merge-\(sequence)", id, day,
            .leadsMerged(
                .with {
                    $0.lead.leadID = id
                    $0.lead.formerIds = former
                    $0.lead.sequence = sequence
                }))
    }

    static func split(
        _ id: String, _ former: [String], off other: String, _ others: [String], _ sequence: Int64, day: Double = 60
    ) -> WireEvent {
        event(
            "split-\(sequence)", id, day,
            .leadsSplit(
                .with {
                    $0.lead.leadID = id
                    $0.lead.formerIds = former
                    $0.lead.sequence = sequence
                    $0.split = [
                        .with {
                            $0.leadID = other
                            $0.formerIds = others
                            $0.sequence = sequence
                        }
                    ]
                }))
    }

    private static func scored(_ facts: WireLeadFacts, day: Double, from previous: Double = 0) -> WireEvent {
        event(
            "scored-\(facts.leadID)-\(day)", facts.leadID, day,
            .leadScored(
                .with {
                    $0.lead = facts
                    $0.score.total = previous
                    $0.previousTotal = previous
                }))
    }

    private static func event(
        _ id: String, _ key: String, _ day: Double, _ payload: WireEvent.OneOf_Payload
    ) -> WireEvent {
        .with {
            $0.eventID = id
            $0.source = "scoring"
            $0.key = key
            $0.partition = Int32(Partition.of(key))
            $0.occurredAt = Story.at(day: day).wire
            $0.agreementVersion = 1
            $0.payload = payload
        }
    }

    private static func creation(_ events: [WireEvent]) -> [String: Instant] {
        Dictionary(
            events.filter { $0.payload?.kind == .leadScored }.map { ($0.key, Instant($0.leadScored.lead.createdAt)) },
            uniquingKeysWith: min)
    }

    private static func union(_ root: String, _ former: String, _ created: [String: Instant]) -> WireLeadFacts {
        var facts = Story.facts(root, source: "partner", day: 0)
        facts.createdAt = min(created[root] ?? .distantFuture, created[former] ?? .distantFuture).wire
        return facts
    }

    private func renamed(_ event: WireEvent) -> WireEvent {
        var event = event
        event.key = now(event.key)
        event.partition = Int32(Partition.of(event.key))
        func rename(_ lead: inout WireLeadFacts) { lead.leadID = now(lead.leadID) }
        switch event.payload {
        case .leadScored(var told):
            rename(&told.lead)
            for index in told.engagements.indices { told.engagements[index].leadID = event.key }
            event.leadScored = told
        case .leadQualified: rename(&event.leadQualified.lead)
        case .handoffAssigned: rename(&event.handoffAssigned.handoff.lead)
        case .handoffAccepted: rename(&event.handoffAccepted.handoff.lead)
        case .handoffRejected: rename(&event.handoffRejected.handoff.lead)
        case .handoffQualified: rename(&event.handoffQualified.handoff.lead)
        case .timerArmed: event.timerArmed.timer.leadID = event.key
        case .timerMet: event.timerMet.timer.leadID = event.key
        case .timerBreached: event.timerBreached.timer.leadID = event.key
        case .timerCancelled: event.timerCancelled.timer.leadID = event.key
        default: break
        }
        return event
    }

    private func now(_ id: String) -> String {
        guard let number = Int(id.dropFirst(5)) else { return id }
        return Self.ids(number / 2).root
    }
}

/// All that Metrics reports, but for the entries of the merges themselves.
enum MergeReports {
    static func after(
        _ events: [WireEvent], _ story: MergeStory, _ random: inout SeededRandom
    ) async throws -> [String] {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        let recording = Int.random(in: 0..<events.count, using: &random)
        for (index, event) in RandomStory.interleave(events, &random).enumerated() {
            if index == recording {
                _ = try await client.recordOpportunities(.with { $0.opportunities = story.deals })
                _ = try await client.recordTouches(.with { $0.touches = story.touches })
            }
            try await fixture.deliver(event)
        }
        return try await reports(client)
    }

    private static func reports(_ client: WireMetricsServiceClient) async throws -> [String] {
        var reports: [String] = []
        let window = WirePeriod.with {
            $0.from = Story.at(day: 5).wire
            $0.to = Story.at(day: 15).wire
        }
        for split in ["", "source", "rep", "team", "agreement_version"] {
            for basis in [WireBasis.period, .cohort] {
                for period in [nil, window] {
                    let funnel = try await client.getFunnel(
                        .with {
                            if let period { $0.period = period }
                            $0.basis = basis
                            $0.splitBy = split
                        })
                    reports.append(try funnel.jsonString())
                }
            }
        }
        reports.append(try await client.getAttribution(.init()).jsonString())
        reports.append(try await client.getAttribution(.with { $0.by = "source" }).jsonString())
        reports.append(try await client.getPipeline(.with { $0.splitBy = "rep" }).jsonString())
        reports.append(try await client.getServiceLevels(.with { $0.splitBy = "source" }).jsonString())
        let outcomes = try await client.listLeadOutcomes(.init()).outcomes
        for outcome in outcomes {
            reports.append(try outcome.jsonString())
            let journey = try await client.getJourney(.with { $0.leadID = outcome.leadID })
            reports.append(try journey.lead.jsonString())
            reports += journey.steps.filter { $0.kind != "merge" }.map { "\($0.at.seconds) \($0.title) \($0.owner)" }
        }
        return reports
    }
}
