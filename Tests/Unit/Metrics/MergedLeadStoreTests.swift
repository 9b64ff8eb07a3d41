import AccordTesting
import Contracts
import GRDB
import Kernel
import Storage
import SwiftProtobuf
import Testing

@testable import MetricsService

/// What reports cost, with and without merged leads.
@Suite struct MergedLeadStoreTests {
    private func stage(merging: Bool) async throws -> ServiceFixture {
        let fixture = try Story.fixture()
        var story = Story()
        for id in ["a", "b"] {
            story.score(
                Story.facts(id, day: 0), day: 1, to: 10,
                engagements: [Story.engagement("\(id)-1", lead: id, channel: "web", day: 1)])
        }
        for event in story.events { try await fixture.deliver(event) }
        if merging { try await fixture.deliver(MergeStory.merged("a", ["b"], sequence: 1, day: 2)) }
        return fixture
    }

    @Test(arguments: [false, true])
    func `the deals of a page of leads are found by their lead, not by their outcome`(merging: Bool) async throws {
        let plans = try await stage(merging: merging).store.read { database in
            let leads = try LeadResolution(database)
            return try [Database.selectOutcomes(leads), Database.selectWonAmounts(leads)].map { sql in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: ["", ""])
                    .map { $0["detail"] as String }.filter { $0.contains(" deal ") }
            }
        }
        #expect(plans.map(\.count) == [3, 1])
        for step in plans.joined() { #expect(step == "SEARCH deal USING INDEX opportunity_lead (lead=?)") }
    }

    @Test func `what a merged lead does makes it no other lead each time, but where it did so before`() async throws {
        let fixture = try await stage(merging: true)
        try await fixture.store.write { transaction in
            try transaction.database.execute(
                sql: """
                    CREATE TABLE rewrite (lead INTEGER);
                    CREATE TRIGGER rewritten AFTER INSERT ON lead_part BEGIN INSERT INTO rewrite VALUES (new.lead); END;
                    """)
        }
        let rewrites = {
            try await fixture.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM rewrite") }
        }
        let engage = { (days: [Double]) in
            var story = Story()
            story.score(
                Story.facts("a", day: 0), day: 9, to: 10,
                engagements: days.map { Story.engagement("b at \($0)", lead: "b", channel: "web", day: $0) })
            try await fixture.deliver(story.events[0])
        }
        // Once two rows, for the facts that come with it.
        try await engage([3, 4, 5, 6])
        #expect(try await rewrites() == 2)
        try await engage([0.75, 0.5, 7])
        #expect(try await rewrites() == 6)
        let client = WireMetricsServiceClient(fixture.transport)
        let journey = try await client.getJourney(.with { $0.leadID = "a" })
        #expect(journey.steps.filter { $0.title == "Engaged" }.map { Instant($0.at) } == [Story.at(day: 0.5)])
        #expect(journey.steps.count { $0.kind == "engagement" } == 9)
    }
}
