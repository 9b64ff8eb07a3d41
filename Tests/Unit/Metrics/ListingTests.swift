import AccordTesting
import Contracts
import Kernel
import RPC
import SwiftProtobuf
import Testing

/// What other services read to learn from: deals and outcomes, page by page.
@Suite struct ListingTests {
    private static func deal(_ id: String, _ outcome: WireOutcome, lead: String = "", day: Double) -> WireOpportunity {
        .with {
            $0.opportunityID = id
            $0.leadID = lead
            $0.accountID = "acc"
            $0.outcome = outcome
            $0.openedAt = Story.at(day: day).wire
            if outcome != .open { $0.closedAt = Story.at(day: day + 10).wire }
            $0.amount = Money(minorUnits: 5_000, currency: "EUR").wire
            $0.dimensions = ["series": "GTX", "office": "East"]
        }
    }

    @Test func dealsComeBackAsRecordedPageByPage() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var story = Story()
        story.score(Story.facts("lead-1", day: 1), day: 1, to: 10)
        for event in story.events { try await fixture.deliver(event) }
        let deals = [
            Self.deal("d-1", .won, lead: "lead-1", day: 2), Self.deal("d-2", .open, day: 3),
            Self.deal("d-3", .lost, day: 4), Self.deal("d-4", .won, day: 50),
        ]
        _ = try await client.recordOpportunities(.with { $0.opportunities = deals })

        var found: [WireRecordedOpportunity] = []
        var token = ""
        repeat {
            let page = try await client.listOpportunities(
                .with {
                    $0.page.pageSize = 1
                    $0.page.pageToken = token
                    $0.outcomes = [.lost, .won]
                })
            #expect(page.opportunities.count <= 1)
            found += page.opportunities
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(found.map(\.opportunity) == [deals[0], deals[2], deals[3]])
        #expect(found[0].lead.company == "Company lead-1" && !found[1].hasLead)

        let early = try await client.listOpportunities(.with { $0.closed.to = Story.at(day: 20).wire })
        #expect(early.opportunities.map(\.opportunity.opportunityID) == ["d-1", "d-3"])
        let all = try await client.listOpportunities(.init())
        #expect(all.opportunities.count == 4 && all.nextPageToken.isEmpty)
    }

    @Test func leadsTellWhenTheyFirstCameToWhat() async throws {
        let fixture = try Story.fixture()
        let client = WireMetricsServiceClient(fixture.transport)
        var story = Story()
        for lead in ["a", "b"] { story.score(Story.facts(lead, day: 1), day: 1, to: 10) }
        let facts = Story.facts("a", day: 1)
        story.tell("scoring", .leadQualified(.with { $0.lead = facts }), lead: "a", day: 2)
        story.tell(
            "routing",
            .handoffRejected(
                .with {
                    $0.handoff = Story.handoff(facts, rep: "r1")
                    $0.then = "reassign"
                }), lead: "a", day: 3)
        for day in [4.0, 5] {
            story.tell(
                "routing", .handoffAccepted(.with { $0.handoff = Story.handoff(facts, rep: "r2") }), lead: "a", day: day
            )
        }
        story.tell(
            "routing", .handoffQualified(.with { $0.handoff = Story.handoff(facts, rep: "r2") }), lead: "a", day: 6)
        for event in story.events { try await fixture.deliver(event) }
        _ = try await client.recordOpportunities(
            .with {
                $0.opportunities = [
                    Self.deal("d", .won, lead: "a", day: 7), Self.deal("e", .lost, lead: "c", day: 7),
                    Self.deal("f", .won, lead: "a", day: 8), Self.deal("g", .lost, lead: "b", day: 7),
                    Self.deal("h", .won, lead: "a", day: 9),
                ]
                $0.opportunities[2].amount = Money(minorUnits: 200, currency: "USD").wire
            })

        let outcomes = try await client.listLeadOutcomes(.init()).outcomes
        #expect(outcomes.map(\.leadID) == ["a", "b"])
        let a = outcomes[0]
        #expect(a.qualifiedAt == Story.at(day: 2).wire && a.rejectedAt == Story.at(day: 3).wire)
        #expect(a.acceptedAt == Story.at(day: 4).wire && a.sqlAt == Story.at(day: 6).wire)
        #expect(a.opportunityAt == Story.at(day: 7).wire && a.wonAt == Story.at(day: 17).wire && !a.hasLostAt)
        #expect(
            a.wonAmounts.map(Money.init) == [
                Money(minorUnits: 10_000, currency: "EUR"), Money(minorUnits: 200, currency: "USD"),
            ])
        #expect(outcomes[1].hasLostAt && !outcomes[1].hasQualifiedAt && outcomes[1].wonAmounts.isEmpty)
        let first = try await client.listLeadOutcomes(.with { $0.page.pageSize = 1 })
        let second = try await client.listLeadOutcomes(
            .with {
                $0.page.pageSize = 1
                $0.page.pageToken = first.nextPageToken
            })
        #expect(second.outcomes.map(\.leadID) == ["b"] && second.nextPageToken.isEmpty)
    }
}
