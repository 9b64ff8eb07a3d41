import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Kernel
import RPC
import SwiftProtobuf
import Testing

/// The same history gives the same reports, whether it is replayed in this process under a manual clock or sent over
/// HTTP to five processes.
@Suite struct WireEqualityTests {
    static let seed = TestSeed.value(default: 41)

    @Test(.timeLimit(.minutes(5)))
    func fiveProcessesTellTheSameStoryAsOne() async throws {
        print("equality: ACCORD_SEED=\(Self.seed)")
        let folder = try TemporaryFolder()
        let past = PastHistory(seed: Self.seed)
        let plan = try past.write(into: folder)
        let replay = try Replay(plan: plan, data: folder.url.path, store: nil)

        let one = try InProcessSuite(folder: folder.path("one"), start: replay.start)
        try await past.hire(one.clients)
        try await replay.play(one.clients, one.time)
        try await past.act(one.clients)
        try await one.settle()
        let expected = try await MetricsStory.told(by: one.clients.metrics, splitBy: "rep", leads: past.leads)
        try await one.close()
        expectMuchHappened(in: expected)

        let five = try await RunningSuite.start(data: folder.path("five"))
        let connection = SuiteConnection(addresses: five.addresses, token: nil)
        try await past.hire(connection.clients)
        try await replay.play(connection.clients, .real)
        try await five.settled()
        try await past.act(connection.clients)
        let found = try await eventually {
            try await five.settled()
            return try await MetricsStory.told(by: connection.clients.metrics, splitBy: "rep", leads: past.leads)
        } until: {
            $0 == expected
        }
        #expect(found.differences(from: expected).prefix(5) == [])
        await connection.close()
        #expect(await five.terminate() == [0, 0, 0, 0, 0])
    }

    /// Two stories in which nothing happens are the same, too.
    private func expectMuchHappened(in story: MetricsStory) {
        let counts = Dictionary(uniqueKeysWithValues: story.funnel.total.stages.map { ($0.state, $0.leads) })
        #expect(counts[.inquiry] == Int64(PastHistory.leadCount))
        for state in [WireDemandState.mql, .sal, .sql, .opportunity, .customer, .nurture] {
            #expect((counts[state] ?? 0) >= 5, "\(state): \(counts)")
        }
        #expect(Set(story.funnel.rows.map(\.value)).isSuperset(of: ["ana", "ben", "cleo"]))
        #expect(story.attribution.results.count > 2 && story.attribution.results.allSatisfy { $0.total.minorUnits > 0 })
        for kind in [" handoff ", " score ", " touch ", " engagement ", " stage ", " opportunity "] {
            #expect(story.journeys.values.contains { $0.contains { $0.contains(kind) } }, "\(kind)")
        }
    }
}
