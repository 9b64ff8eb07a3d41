import AccordTesting
import Contracts
import Kernel
import MetricsService
import RPC
import SwiftProtobuf
import Testing

/// Opportunities and touches, and what reports make of them.
@Suite struct DealsTests {
    private func deal(
        _ id: String, lead: String = "", _ outcome: WireOutcome = .won, amount: Int64? = nil, currency: String = "EUR",
        opened: Double? = nil, closed: Double? = nil
    ) -> WireOpportunity {
        .with {
            $0.opportunityID = id
            $0.leadID = lead
            $0.outcome = outcome
            if let amount { $0.amount = Money(minorUnits: amount, currency: currency).wire }
            if let opened { $0.openedAt = Story.at(day: opened).wire }
            if let closed { $0.closedAt = Story.at(day: closed).wire }
        }
    }

    private func touch(_ id: String, lead: String, channel: String, day: Double) -> WireTouch {
        .with {
            $0.touchID = id
            $0.leadID = lead
            $0.channel = channel
            $0.occurredAt = Story.at(day: day).wire
        }
    }

    @Test func `the same deal again changes nothing and a newer one replaces it`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var open = deal("o1", lead: "a", .open, opened: 1)
        open.dimensions = ["office": "East"]
        #expect(try await status(client, open) == [.created])
        #expect(try await status(client, open) == [.unchanged])
        var won = deal("o1", lead: "a", amount: 500, opened: 1, closed: 3)
        won.dimensions = ["office": "West"]
        #expect(try await status(client, won) == [.updated])
        let pipeline = try await client.getPipeline(.with { $0.splitBy = "office" })
        #expect(pipeline.rows.map(\.value) == ["West"])
        #expect(pipeline.total.won == 1)
        #expect(pipeline.total.open == 0)
        let funnel = try await client.getFunnel(.init())
        #expect(funnel.total.stages.filter { $0.leads > 0 }.map(\.state) == [.opportunity, .customer])
    }

    private func status(_ client: WireMetricsServiceClient, _ deals: WireOpportunity...) async throws
        -> [WireItemStatus]
    {
        try await client.recordOpportunities(.with { $0.opportunities = deals }).results.map(\.status)
    }

    @Test func `a bad item fails alone, with the path of every fault`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var bad = deal("", .open, amount: -1, currency: "euro", closed: 1)
        bad.outcome = .unspecified
        let answer = try await client.recordOpportunities(
            .with { $0.opportunities = [deal("good", amount: 1, closed: 1), bad, deal("late", .lost)] })
        #expect(answer.results.map(\.status) == [.created, .failed, .failed])
        #expect(
            answer.results[1].error.violations.map(\.path) == [
                "opportunities[1].amount.currency", "opportunities[1].amount.minor_units",
                "opportunities[1].outcome", "opportunities[1].opportunity_id", "opportunities[1].closed_at",
            ])
        #expect(answer.results[2].error.violations.map(\.path) == ["opportunities[2].closed_at"])
        #expect(try await client.getPipeline(.init()).total.opportunities == 1)
        let touches = try await client.recordTouches(
            .with { $0.touches = [touch("t1", lead: "a", channel: "x", day: 1), WireTouch()] })
        #expect(touches.results.map(\.status) == [.created, .failed])
        #expect(
            touches.results[1].error.violations.map(\.path) == [
                "touches[1].occurred_at", "touches[1].lead_id", "touches[1].touch_id",
            ])
    }

    @Test func `a batch beyond the limit is refused whole`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        let error = await #expect(throws: RPCError.self) {
            try await client.recordTouches(.with { $0.touches = Array(repeating: WireTouch(), count: 10_001) })
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `the pipeline has its sums, means and velocity`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var open = deal("o5", .open)
        open.listValue = Money(minorUnits: 700, currency: "EUR").wire
        #expect(
            try await status(
                client, deal("o1", amount: 100_00, opened: 0, closed: 10),
                deal("o2", amount: 300_00, opened: 0, closed: 20),
                deal("o3", .lost, opened: 0, closed: 5), deal("o4", .open, amount: 300, opened: 1), open
            )
            .allSatisfy { $0 == .created })
        let total = try await client.getPipeline(.init()).total
        #expect([total.opportunities, total.won, total.lost, total.open] == [5, 2, 1, 2])
        #expect(total.wonValue == Money(minorUnits: 400_00, currency: "EUR").wire)
        #expect(total.openListValue.minorUnits == 1_000)
        #expect(total.averageDeal == 200)
        #expect(total.cycleDays == 15)
        #expect(abs(total.velocity - 2 * 2.0 / 3 * 200 / 15) < 1e-9)
        // Of closing: only o2 falls into the period, and what is open is open.
        let late = try await client.getPipeline(.with { $0.period.from = Story.at(day: 15).wire }).total
        #expect([late.won, late.lost, late.open] == [1, 0, 2])
    }

    @Test func `touches of the account are credited with those of the lead, and those of its other people are not`()
        async throws
    {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var story = Story()
        // Scoring tells of the ad too, which counts once nevertheless.
        story.score(
            Story.facts("a", day: 0), day: 0, to: 1,
            engagements: [Story.engagement("ad", lead: "a", channel: "display", day: 1)])
        for event in story.events { try await fixture.deliver(event) }
        var ad = touch("ad", lead: "", channel: "display", day: 1)
        ad.accountID = "acc-a"
        var colleague = touch("colleague", lead: "b", channel: "email", day: 2)
        colleague.accountID = "acc-a"
        var late = ad
        (late.touchID, late.occurredAt) = ("late", Story.at(day: 9).wire)
        var elsewhere = ad
        (elsewhere.touchID, elsewhere.accountID) = ("elsewhere", "acc-z")
        _ = try await client.recordTouches(
            .with { $0.touches = [touch("t", lead: "a", channel: "web", day: 3), ad, colleague, late, elsewhere] })
        var ofAccount = deal("o2", amount: 500, opened: 4, closed: 8)
        ofAccount.accountID = "acc-a"
        _ = try await status(
            client, deal("o1", lead: "a", amount: 1_000, opened: 4, closed: 8), ofAccount,
            deal("o3", amount: 7, closed: 8))
        let answer = try await client.getAttribution(.with { $0.model = "linear" })
        let result = try #require(answer.results.first)
        #expect(result.credits.map(\.value).sorted() == ["display", "web"])
        #expect(result.credits.map(\.credit.minorUnits).sorted() == [500, 1_000])
        #expect(result.unattributed.minorUnits == 7)
        let journey = try await client.getJourney(.with { $0.leadID = "a" })
        #expect(
            journey.steps.map(\.title).filter { $0.contains("touch") } == [
                "touch of the account (display)", "touch (web)", "touch of the account (display)",
            ])
    }

    @Test func `amounts in different currencies are never added up`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        _ = try await status(
            client, deal("o1", amount: 1, currency: "EUR", closed: 1), deal("o2", amount: 1, currency: "USD", closed: 1)
        )
        let error = await #expect(throws: RPCError.self) { try await client.getPipeline(.init()) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message.contains("EUR, USD") == true)
        let other = await #expect(throws: RPCError.self) { try await client.getAttribution(.init()) }
        #expect(other?.code == .failedPrecondition)
    }

    @Test func `a dimension that does not exist is a fault that names those that do`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        for call in [
            { _ = try await client.getFunnel(.with { $0.splitBy = "shoe_size" }) },
            { _ = try await client.getPipeline(.with { $0.splitBy = "shoe_size" }) },
            { _ = try await client.getServiceLevels(.with { $0.splitBy = "shoe_size" }) },
            { _ = try await client.getAttribution(.with { $0.by = "shoe_size" }) },
            { _ = try await client.getAttribution(.with { $0.model = "shapely" }) },
            {
                _ = try await client.getFunnel(
                    .with {
                        $0.period = .with {
                            $0.from = Story.at(day: 2).wire; $0.to = Story.at(day: 1).wire
                        }
                    })
            },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: RPCError.self) { try await call() }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test func `credit goes over the touches of the lead up to closing, each counted once`() async throws {
        let fixture = try Story.fixture()
        var story = Story()
        let engagements = [
            Story.engagement("e1", lead: "a", channel: "email", day: 1),
            Story.engagement("e2", lead: "a", channel: "ads", day: 2),
            Story.engagement("e3", lead: "a", channel: "late", day: 31),
        ]
        story.score(Story.facts("a", day: 0), day: 2, to: 1, engagements: engagements)
        for event in story.events { try await fixture.deliver(event) }
        let client = WireMetricsServiceClient(fixture.transport)
        _ = try await client.recordTouches(
            .with {
                $0.touches = [
                    touch("t0", lead: "a", channel: "fair", day: 0), touch("e2", lead: "a", channel: "display", day: 2),
                ]
            })
        _ = try await status(
            client, deal("o1", lead: "a", amount: 100, opened: 20, closed: 30), deal("o2", amount: 50, closed: 30))
        let answer = try await client.getAttribution(.init())
        #expect(answer.agreedModel == "linear")
        #expect(answer.results.map(\.model) == ["first", "last", "linear", "position"])
        for result in answer.results {
            #expect(result.total.minorUnits == 150)
            #expect(result.unattributed.minorUnits == 50)
            #expect(result.credits.reduce(0) { $0 + $1.credit.minorUnits } == 100)
        }
        #expect(answer.results[0].credits.map(\.value) == ["fair"])
        #expect(answer.results[1].credits.map(\.value) == ["display"])
        #expect(answer.results[2].credits.map(\.value) == ["fair", "display", "email"])
        #expect(answer.results[2].credits.map(\.credit.minorUnits) == [34, 33, 33])
        let bySource = try await client.getAttribution(.with { $0.by = "source" })
        #expect(bySource.results[2].credits.map(\.value) == ["web"])
    }

    @Test func `touches before the agreed window have no part`() async throws {
        let fixture = try Story.fixture(agreements: [Story.agreement(model: "last", window: "10d")])
        let client = WireMetricsServiceClient(fixture.transport)
        _ = try await client.recordTouches(
            .with {
                $0.touches = [
                    touch("t1", lead: "a", channel: "old", day: 9.9), touch("t2", lead: "a", channel: "new", day: 10),
                ]
            })
        _ = try await status(client, deal("o1", lead: "a", amount: 100, opened: 20, closed: 30))
        let answer = try await client.getAttribution(.with { $0.model = "first" })
        #expect(answer.agreedModel == "last")
        #expect(answer.results.first?.credits.map(\.value) == ["new"])
    }

    @Test func `a win before the first contact is counted and shown`() async throws {
        let fixture = try Story.fixture(agreements: [])
        var story = Story()
        story.score(Story.facts("a", day: 5), day: 5, to: 1)
        for var event in story.events {
            event.agreementVersion = 0
            try await fixture.deliver(event)
        }
        let client = WireMetricsServiceClient(fixture.transport)
        _ = try await status(client, deal("o1", lead: "a", amount: 1, closed: 3))
        for basis in [WireBasis.period, .cohort] {
            let funnel = try await client.getFunnel(.with { $0.basis = basis })
            #expect(funnel.anomalies.map(\.kind) == ["won_before_first_contact"])
            #expect(funnel.anomalies.first?.opportunityID == "o1")
            let won = try #require(funnel.total.conversions.first { $0.from == .inquiry && $0.to == .customer })
            #expect(won.converted == 1)
            #expect(won.days.median == -2)
        }
    }

    @Test func `a touch recorded again for another lead leaves the first one`() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        for lead in ["a", "b"] {
            _ = try await client.recordTouches(.with { $0.touches = [touch("t1", lead: lead, channel: "x", day: 1)] })
        }
        _ = try await status(
            client, deal("o1", lead: "a", amount: 10, closed: 2), deal("o2", lead: "b", amount: 20, closed: 2))
        let result = try #require(try await client.getAttribution(.with { $0.model = "first" }).results.first)
        #expect(result.unattributed.minorUnits == 10)
        #expect(result.credits.map(\.credit.minorUnits) == [20])
    }
}
