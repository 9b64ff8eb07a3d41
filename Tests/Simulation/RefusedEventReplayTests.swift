import AccordSuite
import AccordTesting
import Foundation
import GRDB
import Kernel
import Testing

@Suite struct RefusedEventReplayTests {
    @Test func `a replay in which a service refuses an event fails, since its reports would lack facts`() async throws {
        let folder = try TemporaryFolder()
        try await InProcessSuite(folder: folder.url.path, start: Instant(seconds: 0)).close()
        try await DatabaseQueue(path: folder.path("metrics.sqlite")).write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON inbox WHEN (SELECT count(*) FROM inbox) >= 20
                    BEGIN SELECT RAISE(ABORT, 'poisoned'); END
                    """)
        }
        let replay = try Replay(generated: 20, engagements: 2, seed: 3, store: folder.url.path)
        let error = await #expect(throws: UntakenEvents.self) { try await replay.run(splitBy: "") }
        #expect((error?.count ?? 0) > 0)
        #expect(error?.reason.contains("metrics refused one about ") == true)
    }
}
