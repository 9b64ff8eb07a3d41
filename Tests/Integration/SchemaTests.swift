import AccordTesting
import RoutingService
import SLAService
import ScoringService
import Storage
import Testing

/// What the tables of the services promise, whichever program made them.
@Suite struct SchemaTests {
    /// The tables that are written most.
    private static let busy = [
        ("scoring", "lead", ScoringService.migrations), ("routing", "handoff", RoutingService.migrations),
        ("sla", "timer", SLAService.migrations),
    ]

    @Test(arguments: busy)
    func `every older schema opens, and its checks name no list that SQLite would build for each row`(
        owner: String, table: String, migrations: [Migration]
    ) async throws {
        let schemas = try await SchemaHistory.schemas(owner: owner, migrations)
        #expect(Set(schemas).count == 1)
        let definition = try #require(schemas[0].first { $0.hasPrefix("table \(table) ") })
        #expect(definition.firstMatch(of: /IN \([^()]*,[^()]*,/) == nil)
    }
}
