import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@testable import AccordSuite

@Suite struct ImportResumeTests {
    private let folder: TemporaryFolder
    private let job: ImportJob
    private let checkpoint: ImportCheckpoint
    private let scoring = RefusingScoring()

    init() throws {
        folder = try TemporaryFolder()
        let (csv, mapping) = (folder.path("leads.csv"), folder.path("leads.yaml"))
        try "id\nbad-1\nl-2\nl-3\nbad-4\nl-5\nbad-6\n".write(toFile: csv, atomically: true, encoding: .utf8)
        try "kind: leads\ncolumns: {lead_id: id}\n".write(toFile: mapping, atomically: true, encoding: .utf8)
        job = try ImportJob(kind: .leads, file: csv, mapping: mapping, batch: 2)
        checkpoint = ImportCheckpoint(url: folder.url.appendingPathComponent("state/import"))
    }

    private func run(fromStart: Bool = false) async throws -> ImportOutcome {
        let clients = SuiteClients(Peers { [scoring] _ in scoring })
        return try await job.run(clients, keeping: checkpoint, fromStart: fromStart) { _, _ in }
    }

    @Test func `what was refused before an import was interrupted is told at its end`() async throws {
        for call in [2, 4] {
            scoring.fail(at: call)
            await #expect(throws: RPCError.self) { try await run() }
        }
        let outcome = try await run()
        #expect(outcome.resumed == 4 && outcome.created == 1)
        #expect(
            outcome.refusals.map(\.line) == [2, 5, 7] && outcome.refusals.map(\.id) == ["bad-1", "bad-4", "bad-6"])
        #expect(checkpoint.progress == ImportProgress())
    }

    @Test func `one that begins anew tells each refusal once`() async throws {
        scoring.fail(at: 3)
        await #expect(throws: RPCError.self) { try await run() }
        scoring.fail(at: 5)
        await #expect(throws: RPCError.self) { try await run(fromStart: true) }
        let outcome = try await run()
        #expect(outcome.resumed == 2 && outcome.refusals.map(\.line) == [2, 5, 7])
    }

    @Test func `a batch whose line was not written whole is sent again`() async throws {
        scoring.fail(at: 3)
        await #expect(throws: RPCError.self) { try await run() }
        let file = folder.url.appendingPathComponent("state/import")
        try Data(contentsOf: file).dropLast(5).write(to: file)
        let outcome = try await run()
        #expect(outcome.resumed == 2 && outcome.refusals.map(\.line) == [2, 5, 7])
    }
}

/// Refuses leads whose ids begin with `bad`, and is away at one call.
private final class RefusingScoring: RPCTransport {
    private let state = Mutex((calls: 0, failing: 0))

    /// - Parameter call: the number of a call, counted from the first.
    func fail(at call: Int) { state.withLock { $0.failing = call } }

    func call<Request: Message, Response: Message>(
        _ method: RPCMethod<Request, Response>, _ request: Request, _ options: CallOptions
    ) async throws -> Response {
        let isAway = state.withLock { state in
            state.calls += 1
            return state.calls == state.failing
        }
        guard !isAway, let request = request as? WireUpsertLeadsRequest else { throw RPCError(.unavailable, "away") }
        let response = WireUpsertLeadsResponse.with {
            $0.results = request.leads.map { lead in
                .with {
                    $0.id = lead.leadID
                    $0.status = lead.leadID.hasPrefix("bad") ? .failed : .created
                }
            }
        }
        guard let response = response as? Response else { throw RPCError(.unimplemented, "another call") }
        return response
    }
}
