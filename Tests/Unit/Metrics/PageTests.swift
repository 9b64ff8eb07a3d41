import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import MetricsService
import SwiftProtobuf
import Testing

@Suite struct PageTests {
    @Test func `without data the page says what to do`() async throws {
        let html = try await render(Story.fixture(agreements: []))
        #expect(html.contains("Nothing to show yet"))
        #expect(html.contains("No agreement is in force yet"))
        #expect(!html.contains("<table"))
    }

    @Test func `what people typed is never markup`() async throws {
        let fixture = try Story.fixture()
        var story = Story()
        story.score(Story.facts("a", source: "<script>alert(1)</script>", day: 0), day: 0, to: 1)
        for event in story.events { try await fixture.deliver(event) }
        let html = try await render(fixture, ["split": "\"><script>x", "from": "<b>"])
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(1)"))
        #expect(html.contains("Acme &lt;GmbH&gt;"))
        #expect(html.contains("signed by marketing: ana, sales: ben"))
        #expect(html.contains("is no day for from"))
    }

    @Test func `a period, a basis and a split are what the page shows`() async throws {
        let fixture = try await demo()
        let html = try await render(
            fixture, ["from": "2026-01-05", "to": "2026-01-09", "basis": "cohort", "split": "segment"])
        #expect(html.contains("Leads that came from 2026-01-05 to 2026-01-09 (UTC)"))
        #expect(html.contains("Funnel by segment"))
        #expect(html.contains(#"<option value="cohort" selected>"#))
        #expect(html.contains(#"name="from" value="2026-01-05""#))
    }

    @Test func `a day is a day in the zone of the agreement`() async throws {
        var agreement = Story.agreement()
        agreement.agreement.zone = "America/New_York"
        let fixture = try Story.fixture(agreements: [agreement])
        var story = Story()
        // 02:00 UTC on 2 January is still 1 January in New York.
        story.score(Story.facts("late", source: "evening", day: 1 + 2.0 / 24), day: 1.1, to: 1)
        for event in story.events { try await fixture.deliver(event) }
        let first = try await render(fixture, ["from": "2026-01-01", "to": "2026-01-01"])
        #expect(first.contains("2026-01-01 to 2026-01-01 (America/New_York)"))
        #expect(first.contains(#"<th scope="row">evening</th>"#))
        let second = try await render(fixture, ["from": "2026-01-02", "to": "2026-01-02"])
        #expect(!second.contains(#"<th scope="row">evening</th>"#))
        // The agreement took effect at 00:00 UTC.
        #expect(first.contains("in force since 2025-12-31"))
    }

    @Test func `stages have bars, tables have captions and scopes`() async throws {
        let html = try await render(demo())
        #expect(html.components(separatedBy: "% of the largest stage").count == 8)
        #expect(html.components(separatedBy: "<table").count == html.components(separatedBy: "<caption>").count)
        #expect(html.contains(#"<th scope="row">"#))
        #expect(html.contains("linear (agreed)"))
    }

    @Test func `deals in two currencies are told of, and the funnel is shown all the same`() async throws {
        let fixture = try await demo()
        _ = try await WireMetricsServiceClient(fixture.transport).recordOpportunities(
            .with {
                $0.opportunities = [
                    .with {
                        $0.opportunityID = "other"
                        $0.outcome = .won
                        $0.amount = Money(minorUnits: 1, currency: "USD").wire
                        $0.closedAt = Story.at(day: 1).wire
                    }
                ]
            })
        let html = try await render(fixture)
        #expect(html.contains("EUR, USD"))
        #expect(html.contains("Funnel by source"))
    }

    private func demo() async throws -> ServiceFixture {
        let fixture = try Story.fixture()
        var random = SeededRandom(seed: 7)
        let (events, deals, touches) = RandomStory.make(leads: 120, &random)
        for event in events { try await fixture.deliver(event) }
        let client = WireMetricsServiceClient(fixture.transport)
        _ = try await client.recordOpportunities(.with { $0.opportunities = deals })
        _ = try await client.recordTouches(.with { $0.touches = touches })
        return fixture
    }

    private func render(_ fixture: ServiceFixture, _ query: [String: String] = [:]) async throws -> String {
        let page = try #require(fixture.assembly.pages.first)
        #expect(page.path == "/")
        return try await page.render(query)
    }
}
