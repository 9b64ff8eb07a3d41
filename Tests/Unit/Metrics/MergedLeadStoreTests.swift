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
}
