import AccordTesting
import Contracts
import Kernel
import MetricsService
import RPC
import SwiftProtobuf
import Testing

/// What events leave behind, seen through the reports.
@Suite struct FactsTests {
    /// Two leads: one goes all the way to SQL after a rejection with reassignment, one is rejected to nurture.
    private func story() -> Story {
        var story = Story()
        let a = Story.facts("a", day: 0)
        let moved = Story.facts("a", source: "partner", day: 0)
        let b = Story.facts("b", segment: "mid", day: 1)
        story.score(a, day: 0, to: 10, engagements: [Story.engagement("e1", lead: "a", channel: "email", day: 0)])
        story.score(moved, day: 2, from: 10, to: 70)
        story.tell(
            "scoring",
            .leadQualified(
                .with {
                    $0.lead = moved; $0.trigger = "threshold"
                }), lead: "a", day: 2)
        story.score(b, day: 1, to: 65)
        story.tell("scoring", .leadQualified(.with { $0.lead = b }), lead: "b", day: 1)
        story.tell(
            "routing", .handoffAssigned(.with { $0.handoff = Story.handoff(moved, rep: "r1") }), lead: "a", day: 3)
        story.tell(
            "routing",
            .handoffRejected(
                .with {
                    $0.handoff = Story.handoff(moved, rep: "r1")
                    $0.reasonCode = "territory"
                    $0.then = "reassign"
                }), lead: "a", day: 3.5)
        story.tell(
            "routing",
            .handoffAssigned(
                .with {
                    $0.handoff = Story.handoff(moved, rep: "r2")
                    $0.previousRepID = "r1"
                }), lead: "a", day: 3.5)
        story.tell(
            "routing", .handoffAccepted(.with { $0.handoff = Story.handoff(moved, rep: "r2") }), lead: "a", day: 4)
        story.tell(
            "routing", .handoffTouched(.with { $0.handoff = Story.handoff(moved, rep: "r2") }), lead: "a", day: 5)
        story.tell(
            "routing", .handoffQualified(.with { $0.handoff = Story.handoff(moved, rep: "r2") }), lead: "a", day: 9)
        story.tell("routing", .handoffAssigned(.with { $0.handoff = Story.handoff(b, rep: "r1") }), lead: "b", day: 2)
        story.tell(
            "routing",
            .handoffRejected(
                .with {
                    $0.handoff = Story.handoff(b, rep: "r1")
                    $0.then = "nurture"
                }), lead: "b", day: 3)
        return story
    }

    private func counts(_ row: WireFunnelRow) -> [Int64] { row.stages.map(\.leads) }

    @Test func `a funnel counts each lead once per state, by who has it now`() async throws {
        let fixture = try Story.fixture()
        for event in story().events { try await fixture.deliver(event) }
        let client = WireMetricsServiceClient(fixture.transport)
        let funnel = try await client.getFunnel(.with { $0.splitBy = "rep" })
        // inquiry engaged mql sal sql opportunity customer nurture disqualified lost
        #expect(counts(funnel.total) == [2, 1, 2, 1, 1, 0, 0, 1, 0, 0])
        #expect(funnel.rows.map(\.value) == ["r1", "r2"])
        #expect(counts(try #require(funnel.rows.last)) == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
        let toSQL = try #require(funnel.total.conversions.first { $0.from == .mql && $0.to == .sql })
        #expect(toSQL.base == 2)
        #expect(toSQL.converted == 1)
        #expect(toSQL.days.median == 7)
        #expect(funnel.total.stages.first { $0.state == .mql }?.leaked == 1)
        let sources = try await client.getFunnel(.with { $0.splitBy = "source" })
        #expect(sources.rows.map(\.value) == ["partner", "web"])
    }

    @Test func `by period only what happened in it counts, by cohort whatever followed`() async throws {
        let fixture = try Story.fixture()
        for event in story().events { try await fixture.deliver(event) }
        let client = WireMetricsServiceClient(fixture.transport)
        let period = WirePeriod.with {
            $0.from = Story.at(day: 0).wire
            $0.to = Story.at(day: 1).wire
        }
        let byPeriod = try await client.getFunnel(.with { $0.period = period })
        #expect(counts(byPeriod.total) == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
        let byCohort = try await client.getFunnel(
            .with {
                $0.period = period
                $0.basis = .cohort
            })
        #expect(counts(byCohort.total) == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    }

    @Test func `facts of Scoring win over copies that others pass on later`() async throws {
        let fixture = try Story.fixture()
        var story = Story()
        let old = Story.facts("a", source: "old", day: 0)
        story.tell("routing", .handoffAssigned(.with { $0.handoff = Story.handoff(old, rep: "r1") }), lead: "a", day: 9)
        story.score(Story.facts("a", source: "new", day: 0), day: 3, to: 1)
        story.score(Story.facts("a", source: "older", day: 0), day: 2, to: 1)
        for event in story.events { try await fixture.deliver(event) }
        let journey = try await WireMetricsServiceClient(fixture.transport).getJourney(.with { $0.leadID = "a" })
        #expect(journey.lead.source == "new")
    }

    @Test func `a correction that meets a breached timer holds in either order`() async throws {
        for reversed in [false, true] {
            let fixture = try Story.fixture()
            var story = Story()
            let breached = Story.timer("t1", lead: "a", rep: "r1", day: 0, .breached)
            var met = Story.timer("t1", lead: "a", rep: "r1", day: 0, .met)
            met.elapsedSeconds = 3_600
            story.tell(
                "sla", .timerArmed(.with { $0.timer = Story.timer("t1", lead: "a", rep: "r1", day: 0, .armed) }),
                lead: "a", day: 0)
            story.tell("sla", .timerBreached(.with { $0.timer = breached }), lead: "a", day: 1)
            story.tell("sla", .timerMet(.with { $0.timer = met }), lead: "a", day: 0.5)
            for event in reversed ? story.events.reversed() : story.events { try await fixture.deliver(event) }
            let levels = try await WireMetricsServiceClient(fixture.transport).getServiceLevels(
                .with { $0.splitBy = "rep" })
            #expect(levels.rows.count == 1)
            let row = try #require(levels.rows.first)
            #expect([row.armed, row.met, row.breached, row.running] == [1, 1, 0, 0])
            #expect(row.kept == 1)
            #expect(row.medianSeconds == 3_600)
            #expect(row.value == "r1")
        }
    }

    @Test func `service levels come per rule and share kept leaves out what was cancelled or runs`() async throws {
        let fixture = try Story.fixture()
        var story = Story()
        for (index, state) in [WireTimerState.met, .met, .breached, .cancelled, .armed].enumerated() {
            var timer = Story.timer("t\(index)", lead: "a", rep: "r1", day: 0, state)
            timer.elapsedSeconds = Double(index + 1) * 60
            let payload: WireEvent.OneOf_Payload =
                switch state {
                case .met: .timerMet(.with { $0.timer = timer })
                case .breached: .timerBreached(.with { $0.timer = timer })
                case .cancelled: .timerCancelled(.with { $0.timer = timer })
                default: .timerArmed(.with { $0.timer = timer })
                }
            story.tell("sla", payload, lead: "a", day: 0)
        }
        for event in story.events { try await fixture.deliver(event) }
        let row = try #require(
            try await WireMetricsServiceClient(fixture.transport).getServiceLevels(.init()).rows.first)
        #expect([row.armed, row.met, row.breached, row.cancelled, row.running] == [5, 2, 1, 1, 1])
        #expect(abs(row.kept - 2.0 / 3) < 1e-12)
        #expect(row.medianSeconds == 90)
    }

    @Test func `a journey tells everything with owner, version and silence`() async throws {
        let fixture = try Story.fixture()
        var told = story()
        told.tell(
            "sla", .timerArmed(.with { $0.timer = Story.timer("t1", lead: "a", rep: "r1", day: 3, .armed) }), lead: "a",
            day: 3)
        told.tell(
            "sla",
            .timerWarned(
                .with {
                    $0.timer = Story.timer("t1", lead: "a", rep: "r1", day: 3, .warned)
                    $0.percent = 50
                }), lead: "a", day: 3.25)
        for event in told.events { try await fixture.deliver(event) }
        let client = WireMetricsServiceClient(fixture.transport)
        _ = try await client.recordOpportunities(
            .with {
                $0.opportunities = [
                    .with {
                        $0.opportunityID = "o1"
                        $0.leadID = "a"
                        $0.outcome = .won
                        $0.amount = Money(minorUnits: 123_450, currency: "EUR").wire
                        $0.openedAt = Story.at(day: 10).wire
                        $0.closedAt = Story.at(day: 20).wire
                    }
                ]
            })
        let journey = try await client.getJourney(.with { $0.leadID = "a" })
        #expect(
            journey.steps.map(\.title) == [
                "Inquiry from partner", "visit (email)", "Score 0.0 to 10.0", "Engaged",
                "Score 10.0 to 70.0", "MQL by threshold",
                "Assigned to r1 by the fallback pool", "accept armed, due 2026-01-05T00:00:00Z",
                "accept warning at 50 %",
                "Rejected by r1 (territory)", "Assigned to r2 from r1 by the fallback pool",
                "Accepted by r2", "SAL", "Touched by r2", "Qualified by r2", "SQL",
                "Opportunity o1 opened", "Opportunity",
                "Opportunity o1 won for 1234.50 EUR", "Customer",
            ])
        #expect(journey.steps.filter(\.silent).map(\.title) == ["Opportunity o1 won for 1234.50 EUR"])
        #expect(journey.steps.first { $0.title == "SAL" }?.owner == "r2")
        #expect(journey.steps.first { $0.title == "SAL" }?.agreementVersion == 1)
        await #expect(throws: RPCError.self) { try await client.getJourney(.with { $0.leadID = "nobody" }) }
    }

    @Test func aJourneyShowsThatALeadCooledAndQualifiedAgain() async throws {
        var story = Story()
        let lead = Story.facts("a", day: 0)
        let qualified = WireLeadQualified.with {
            $0.lead = lead
            $0.trigger = "threshold"
        }
        let cooled = WireLeadCooled.with {
            $0.lead = lead
            $0.level = 52.5
        }
        story.score(lead, day: 0, to: 65)
        story.tell("scoring", .leadQualified(qualified), lead: "a", day: 0)
        story.tell("scoring", .leadCooled(cooled), lead: "a", day: 9)
        story.tell("scoring", .leadRequalified(qualified), lead: "a", day: 11)
        let fixture = try Story.fixture()
        for event in story.events { try await fixture.deliver(event) }
        let client = WireMetricsServiceClient(fixture.transport)
        let journey = try await client.getJourney(.with { $0.leadID = "a" })
        #expect(
            journey.steps.map(\.title).suffix(3) == [
                "MQL by threshold", "Cooled: its score fell below 52.5", "MQL again by threshold",
            ])
        let funnel = try await client.getFunnel(.init())
        #expect(funnel.total.stages.first { $0.state == .mql }?.leads == 1)
    }
}
