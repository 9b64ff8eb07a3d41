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

    @Test func `a qualification that a split tells again is one, by what the lead is alone`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        let lead = Story.facts("a", day: 0)
        var story = Story()
        story.tell(
            "scoring",
            .leadRequalified(
                .with {
                    $0.lead = lead
                    $0.trigger = "hand_raiser"
                }), lead: "a", day: 3)
        story.tell(
            "scoring",
            .leadQualified(
                .with {
                    $0.lead = lead
                    $0.trigger = "threshold"
                }), lead: "a", day: 3)
        for event in story.events { try await fixture.deliver(event) }
        let titles = try await client.getJourney(.with { $0.leadID = "a" }).steps.map(\.title)
        #expect(titles == ["Inquiry from web", "MQL by threshold"])
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
