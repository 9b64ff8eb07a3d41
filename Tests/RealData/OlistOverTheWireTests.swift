import AccordSuite
import AccordTesting
import Contracts
import Foundation
import SwiftProtobuf
import Testing

/// Olist's funnel, sent over HTTP to five processes.
@Suite(.enabled(if: RealData.folder != nil, RealData.comment)) struct OlistOverTheWireTests {
    @Test(.timeLimit(.minutes(10)))
    func fiveProcessesTellThePublishedFiguresAndTheSameStoryAsTheReplay() async throws {
        let replay = try Replay(plan: RealData.plan("olist"), data: RealData.path("olist"), store: nil)
        let (expected, leads) = try await replay.withSuite { suite in
            let leads = try await Self.sample(suite.clients)
            return (
                try await MetricsStory.told(by: suite.clients.metrics, splitBy: "source", leads: leads), leads
            )
        }
        #expect(leads.count == 400)

        let folder = try TemporaryFolder()
        let suite = try await RunningSuite.start(data: folder.url.path)
        let connection = SuiteConnection(addresses: suite.addresses, token: nil)
        try await replay.play(connection.clients, .real)
        let found = try await eventually(within: .seconds(120)) {
            try await suite.settled(within: .seconds(120))
            return try await MetricsStory.told(by: connection.clients.metrics, splitBy: "source", leads: leads)
        } until: {
            $0 == expected
        }
        #expect(found.differences(from: expected).prefix(5) == [])
        try OlistFigures.expectPublished(found.funnel)
        await connection.close()
        #expect(await suite.terminate() == [0, 0, 0, 0, 0])
    }

    /// Every twentieth lead by id.
    private static func sample(_ clients: SuiteClients) async throws -> [String] {
        var leads: [String] = []
        var token = ""
        repeat {
            let page = try await clients.scoring.listLeads(
                .with {
                    $0.page.pageSize = 1_000
                    $0.page.pageToken = token
                })
            leads += page.leads.map(\.lead.leadID)
            token = page.nextPageToken
        } while !token.isEmpty
        return leads.sorted().enumerated().filter { $0.offset % 20 == 0 }.map(\.element)
    }
}
