import AccordSuite
import AccordTesting
import Foundation
import GRDB
import Kernel
import Testing

@Suite struct RefusedEventReplayTests {
    @Test func `a replay in which a service refuses an event fails, since its reports would lack facts`() async throws {
        let folder = try TemporaryFolder()
        try await poison(folder.url.path)
        let replay = try Replay(generated: 20, engagements: 2, seed: 3, store: folder.url.path)
        let error = await #expect(throws: UntakenEvents.self) { try await replay.run(splitBy: "") }
        #expect((error?.count ?? 0) > 0)
        #expect(error?.reason.contains("metrics refused one about ") == true)
    }

    @Test func `where its stores cannot undo what a service refused, all is played again in stores that can`()
        async throws
    {
        let sound = try Replay(generated: 20, engagements: 2, seed: 3, store: nil)
        let poisoned = try Replay(generated: 20, engagements: 2, seed: 3, store: nil)
        try await poison(poisoned.folderPath)
        var counts: [Int] = []
        let expected = try await sound.run(splitBy: "source")
        let found = try await poisoned.run(splitBy: "source") { done, _ in counts.append(done) }
        #expect(zip(counts, counts.dropFirst()).contains { $0 > $1 })
        #expect(found.funnel == expected.funnel)
        #expect(found.pipeline == expected.pipeline)
        #expect(found.attribution == expected.attribution)
        #expect(found.serviceLevels == expected.serviceLevels)
    }

    /// Has Metrics refuse every event after the twentieth.
    private func poison(_ folder: String) async throws {
        try await InProcessSuite(folder: folder, start: Instant(seconds: 0)).close()
        try await DatabaseQueue(path: "\(folder)/metrics.sqlite").write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON inbox WHEN (SELECT count(*) FROM inbox) >= 20
                    BEGIN SELECT RAISE(ABORT, 'poisoned'); END
                    """)
        }
    }
}
