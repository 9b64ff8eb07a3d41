import AccordTesting
import Contracts
import Kernel
import MetricsService
import RPC
import Storage
import SwiftProtobuf
import Testing

/// What is left of people who were erased: the count, and nothing of the person.
@Suite struct ErasedLeadTests {
    /// Leads whose names are part of no other's.
    private static let gone = ["lead-10", "lead-11", "lead-13", "lead-14"]

    private static func erase(_ id: String, _ others: [String] = [], _ number: Int = 0) -> WireEvent {
        .with {
            $0.eventID = "erasure-\(id)-\(number)"
            $0.source = ["scoring", "routing", "sla"][number % 3]
            $0.key = id
            $0.partition = Int32(Partition.of(id))
            $0.occurredAt = Story.at(day: 70).wire
            $0.agreementVersion = 1
            $0.leadErased.leadID = id
            $0.leadErased.otherIds = others
        }
    }

    /// 10 and 11 are one lead when they are erased, 12 and 13 were told apart again before, 14 was merged with no one.
    private static let erasures = [
        erase("lead-11", ["lead-10"]), erase("lead-10", ["lead-11"], 1), erase("lead-13"), erase("lead-13", [], 2),
        erase("lead-14"),
    ]

    private func story(_ random: inout SeededRandom) -> (story: MergeStory, events: [WireEvent]) {
        let story = MergeStory(pairs: 8, &random)
        let merges = story.merges.filter { !["lead-14"].contains($0.key) }
        let splits = story.splits.filter { $0.key == "lead-12" }
        let facts = story.facts.filter { ["lead-12", "lead-13"].contains($0.key) }
        return (story, story.told + merges + splits + facts)
    }

    private func deliver(
        _ events: [WireEvent], to fixture: ServiceFixture, recording story: MergeStory, at index: Int
    ) async throws {
        let client = WireMetricsServiceClient(fixture.transport)
        for (number, event) in events.enumerated() {
            if number == index {
                _ = try await client.recordOpportunities(.with { $0.opportunities = story.deals })
                _ = try await client.recordTouches(.with { $0.touches = story.touches })
            }
            try await fixture.deliver(event)
        }
    }

    private func traces(_ fixture: ServiceFixture, of values: [String] = gone) async throws -> [String] {
        try await fixture.traces(of: values, except: ServiceFixture.keepersOfErasedIDs)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `every report is the same before and after, be the leads merged, told apart or neither`(seed: UInt64)
        async throws
    {
        var random = SeededRandom(seed: seed)
        let comment = Comment(rawValue: "replay with SeededRandom(seed: \(seed))")
        let (story, events) = story(&random)
        var first: [String]?
        for _ in 0..<2 {
            let fixture = try Story.fixture()
            let at = Int.random(in: 0..<events.count, using: &random)
            try await deliver(RandomStory.interleave(events, &random), to: fixture, recording: story, at: at)
            let before = try await AnonymousReports.of(fixture)
            #expect(try await !traces(fixture).isEmpty, comment)
            for erasure in Self.erasures.shuffled(using: &random) { try await fixture.deliver(erasure) }
            #expect(try await AnonymousReports.of(fixture) == before, comment)
            #expect(try await traces(fixture).isEmpty, comment)
            #expect(first.map { $0 == before } ?? true, comment)
            first = before
        }
    }

    @Test(arguments: 11...16 as ClosedRange<UInt64>)
    func `wherever among the events an erasure is heard, no trace of the person is left, and others are as they were`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let comment = Comment(rawValue: "replay with SeededRandom(seed: \(seed))")
        let (story, events) = story(&random)
        var journeys: [[String]] = []
        for _ in 0..<3 {
            let fixture = try Story.fixture()
            var mixed = RandomStory.interleave(events, &random)
            for erasure in Self.erasures {
                mixed.insert(erasure, at: .random(in: 0...mixed.count, using: &random))
            }
            try await deliver(mixed, to: fixture, recording: story, at: .random(in: 0..<mixed.count, using: &random))
            #expect(try await traces(fixture).isEmpty, comment)
            let client = WireMetricsServiceClient(fixture.transport)
            var told: [String] = []
            for number in 0..<16 where !Self.gone.contains("lead-\(number)") {
                told.append(try await client.getJourney(.with { $0.leadID = "lead-\(number)" }).jsonString())
            }
            journeys.append(told)
        }
        #expect(journeys.allSatisfy { $0 == journeys[0] }, comment)
    }

    @Test func `nothing that was told of the person is left in any table, but what deals of the company need`()
        async throws
    {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        let planted = [
            "p-7f3", "p-9c1", "Fjord Freight", "fjord.example", "acct-55", "said so to ada", "ann-rep", "42.5",
        ]
        var story = Story()
        for (index, id) in ["p-7f3", "p-9c1"].enumerated() {
            var lead = Story.facts(id, day: Double(index))
            lead.company = "Fjord Freight"
            lead.domain = "fjord.example"
            lead.accountID = "acct-55"
            story.score(
                lead, day: Double(index), to: 42.5,
                engagements: [Story.engagement("e of \(id)", lead: id, channel: "email", day: Double(index))])
            story.tell("scoring", .leadQualified(.with { $0.lead = lead }), lead: id, day: 2)
            story.tell(
                "routing", .handoffAssigned(.with { $0.handoff = Story.handoff(lead, rep: "bob") }), lead: id, day: 3)
            story.tell(
                "routing",
                .handoffTouched(
                    .with {
                        $0.handoff = Story.handoff(lead, rep: "ann-rep")
                        $0.kind = "call"
                    }), lead: id, day: 3)
            let timer = Story.timer("\(id).accept.1", lead: id, rep: "bob", day: 3, .warned)
            story.tell("sla", .timerWarned(.with { $0.timer = timer }), lead: id, day: 4)
            story.tell(
                "routing",
                .handoffRejected(
                    .with {
                        $0.handoff = Story.handoff(lead, rep: "ann-rep")
                        $0.reasonDetail = "said so to ada"
                        $0.then = "reassign"
                    }), lead: id, day: 5)
        }
        for event in story.events { try await fixture.deliver(event) }
        try await fixture.deliver(MergeStory.merged("p-7f3", ["p-9c1"], sequence: 1, day: 6))
        _ = try await client.recordTouches(
            .with {
                $0.touches = [
                    .with {
                        $0.touchID = "t of p-7f3"
                        $0.leadID = "p-7f3"
                        $0.accountID = "acct-55"
                        $0.occurredAt = Story.at(day: 1).wire
                    }
                ]
            })
        _ = try await client.recordOpportunities(.with { $0.opportunities = [Self.deal("d1", of: "p-9c1", day: 7)] })
        let values = planted.dropLast()
        #expect(
            try await Set(traces(fixture, of: Array(values)).map { $0.split(separator: ": ")[1] })
                == Set(values.map { $0[...] }))
        let outcome = try await client.listLeadOutcomes(.init()).outcomes
        try await fixture.deliver(Self.erase("p-9c1", ["p-7f3"]))
        #expect(try await traces(fixture, of: planted).isEmpty)
        let after = try await client.listLeadOutcomes(.init()).outcomes
        #expect(after.count == 1)
        let anonymousID = after[0].leadID
        #expect(anonymousID.hasPrefix("erased-"))
        #expect(
            after
                == outcome.map { told in
                    var told = told
                    told.leadID = anonymousID
                    return told
                })
        #expect(after[0].hasRejectedAt)
        let deals = try await client.listOpportunities(.init()).opportunities
        #expect(deals.map(\.opportunity.leadID) == [anonymousID])
        #expect(deals.map(\.opportunity.amount.minorUnits) == [300])
        #expect(deals.map(\.lead.source) == ["web"])
    }

    @Test func `a deal keeps the account of its lead where something was recorded for the account`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var story = Story()
        story.score(Story.facts("gone", day: 0), day: 0, to: 10)
        for event in story.events { try await fixture.deliver(event) }
        _ = try await client.recordTouches(
            .with {
                $0.touches = [
                    .with {
                        $0.touchID = "fair"
                        $0.accountID = "acc-gone"
                        $0.channel = "fair"
                        $0.occurredAt = Story.at(day: 1).wire
                    }
                ]
            })
        _ = try await client.recordOpportunities(.with { $0.opportunities = [Self.deal("d1", of: "gone", day: 5)] })
        try await fixture.deliver(Self.erase("gone"))
        let credits = try await client.getAttribution(.with { $0.model = "linear" }).results[0].credits
        #expect(credits.map { [$0.value, "\($0.credit.minorUnits)"] } == [["fair", "300"]])
        #expect(try await client.listOpportunities(.init()).opportunities.map(\.opportunity.accountID) == ["acc-gone"])
    }

    @Test(arguments: [false, true])
    func `what the person looked at is kept only where a deal may be credited to it`(hasDeal: Bool) async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var visit = Story.engagement("e1", lead: "gone", channel: "web", day: 0)
        visit.contentID = "/secret-page"
        var story = Story()
        story.score(Story.facts("gone", day: 0), day: 0, to: 10, engagements: [visit])
        for event in story.events { try await fixture.deliver(event) }
        if hasDeal {
            _ = try await client.recordOpportunities(.with { $0.opportunities = [Self.deal("d1", of: "gone", day: 5)] })
        }
        let before = try await client.getAttribution(.with { $0.by = "content" })
        try await fixture.deliver(Self.erase("gone"))
        #expect(try await client.getAttribution(.with { $0.by = "content" }) == before)
        #expect(try await traces(fixture, of: ["/secret-page"]).isEmpty != hasDeal)
    }

    @Test func `who asks for the person is told that they were erased, and what is recorded of them is refused alone`()
        async throws
    {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        try await fixture.deliver(Self.erase("gone", ["also gone"]))
        for id in ["gone", "also gone"] {
            let refusal = await #expect(throws: RPCError.self) {
                try await client.getJourney(.with { $0.leadID = id })
            }
            #expect(refusal?.code == .notFound)
            #expect(refusal?.message == "lead \(id) was erased")
        }
        let deals = [Self.deal("d1", of: "gone", day: 1), Self.deal("d2", of: "kept", day: 1)]
        let results = try await client.recordOpportunities(.with { $0.opportunities = deals }).results
        #expect(results.map(\.status) == [.failed, .created])
        #expect(results[0].error.code == "not_found")
        #expect(results[0].error.message == "lead gone was erased")
        let touch = WireTouch.with {
            $0.touchID = "t1"
            $0.leadID = "also gone"
            $0.occurredAt = Story.at(day: 1).wire
        }
        let touches = try await client.recordTouches(.with { $0.touches = [touch] }).results
        #expect(touches.map(\.error.message) == ["lead also gone was erased"])
        #expect(try await client.listOpportunities(.init()).opportunities.map(\.opportunity.opportunityID) == ["d2"])
        #expect(try await traces(fixture, of: ["gone"]).isEmpty)
    }

    private static func deal(_ id: String, of lead: String, day: Double) -> WireOpportunity {
        .with {
            $0.opportunityID = id
            $0.leadID = lead
            $0.outcome = .won
            $0.amount = Money(minorUnits: 300, currency: "EUR").wire
            $0.openedAt = Story.at(day: day - 1).wire
            $0.closedAt = Story.at(day: day).wire
        }
    }
}

/// Every report in which people are counted and not named.
enum AnonymousReports {
    private static let dimensions = [
        "source", "channel", "campaign", "segment", "tier", "motion", "territory", "industry", "country", "team", "rep",
        "agreement_version",
    ]

    static func of(_ fixture: ServiceFixture) async throws -> [String] {
        let client = WireMetricsServiceClient(fixture.transport)
        let window = WirePeriod.with {
            $0.from = Story.at(day: 5).wire
            $0.to = Story.at(day: 15).wire
        }
        var reports: [String] = []
        for period in [nil, window] {
            for split in [""] + dimensions {
                for basis in [WireBasis.period, .cohort] {
                    var funnel = try await client.getFunnel(
                        .with {
                            if let period { $0.period = period }
                            $0.basis = basis
                            $0.splitBy = split
                        })
                    funnel.anomalies = []
                    reports.append(try funnel.jsonString())
                }
            }
            for by in ["channel", "campaign", "content", "source"] {
                let credits = try await client.getAttribution(
                    .with {
                        if let period { $0.period = period }
                        $0.by = by
                    })
                reports.append(try credits.jsonString())
            }
            for split in ["source", "team", "rep", "stage"] {
                let pipeline = try await client.getPipeline(
                    .with {
                        if let period { $0.period = period }
                        $0.splitBy = split
                    })
                reports.append(try pipeline.jsonString())
            }
            for split in ["segment", "motion", "source", "tier", "territory", "rep", "team", "agreement_version"] {
                let levels = try await client.getServiceLevels(
                    .with {
                        if let period { $0.period = period }
                        $0.splitBy = split
                    })
                reports.append(try levels.jsonString())
            }
        }
        let outcomes = try await client.listLeadOutcomes(.init()).outcomes.map { outcome in
            var outcome = outcome
            outcome.leadID = ""
            return try outcome.jsonString()
        }
        return reports + outcomes.sorted()
    }
}
