import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import NIOCore
import RPC
import SwiftProtobuf
import Testing

extension Faults {
    /// SIGTERM while leads stream in.
    @Suite struct ShutdownTests {
        @Test func whatWasAcknowledgedBeforeTheEndIsThereAfterIt() async throws {
            let folder = try TemporaryFolder()
            let data = folder.path("data")
            let icp = try await RunningService(.icp, data: data)
            let peers = [ServiceName.icp: icp.address]
            let scoring = try await RunningService(
                .scoring, data: data, peers: peers, arguments: ["--log-level", "critical"])
            let again = try await withClients([.icp: icp.address, .scoring: scoring.address]) { clients in
                try await DemoDriver.agree(on: FleetAgreement.text, clients)

                let (acknowledgements, told) = AsyncStream.makeStream(of: Int.self)
                let acknowledged = await withTaskGroup(of: Set<Int>.self) { group in
                    for sender in 0..<8 {
                        group.addTask { await Self.send(clients, sender: sender, told) }
                    }
                    group.addTask {
                        // The end comes in the middle: the senders go on until they are refused.
                        var count = 0
                        for await _ in acknowledgements {
                            count += 1
                            if count == 40 { break }
                        }
                        #expect(await scoring.executable.terminate() == 0)
                        return []
                    }
                    return await group.reduce(into: Set<Int>()) { $0.formUnion($1) }
                }
                #expect(acknowledged.count >= 40 * 5)

                let again = try await RunningService(
                    .scoring, data: data, port: scoring.port, peers: peers, arguments: ["--log-level", "critical"])
                let stored = try await all { page in
                    let answer = try await clients.scoring.listLeads(.with { $0.page = page })
                    return (answer.leads, answer.nextPageToken)
                }
                #expect(Set(acknowledged.map { "lead-\($0)" }).subtracting(stored.map(\.lead.leadID)).isEmpty)
                #expect(stored.allSatisfy { $0.hasScore && $0.engagementCount > 0 })
                let created = try await clients.told(by: .scoring).filter(\.leadScored.created).map(\.key)
                #expect(created.sorted() == stored.map(\.lead.leadID).sorted())
                return again
            }
            #expect(await again.executable.terminate() == 0)
            #expect(await icp.executable.terminate() == 0)
        }

        @Test func whatDoesNotFinishWithinTheDrainTimeoutEndsTheProcessWithAnError() async throws {
            let folder = try TemporaryFolder()
            let (questions, asked) = AsyncStream.makeStream(of: Void.self)
            // An ICP that takes the question and never answers it.
            let silence: @Sendable (RawMessage, Int) -> ScriptedServer.Step = { _, _ in
                asked.yield()
                return .stall(ByteBuffer())
            }
            try await ScriptedServer.run(silence) { _, icp in
                let scoring = try await RunningService(
                    .scoring, data: folder.path("data"), peers: [.icp: icp], arguments: ["--drain-timeout", "1s"])
                let call = Task {
                    let path = "accord.scoring.v1.ScoringService/ListLeads?connect=v1&encoding=json&message=%7B%7D"
                    return try? await PlainHTTP.get("\(scoring.address)/\(path)")
                }
                for await _ in questions { break }
                #expect(await scoring.executable.terminate() == ExitCode.failed.rawValue)
                #expect(scoring.executable.standardError.contains("what ran did not finish in time"))
                #expect(await call.value == nil)
            }
        }

        /// - Returns: the leads of the batches of five that were acknowledged.
        private static func send(
            _ clients: SuiteClients, sender: Int, _ told: AsyncStream<Int>.Continuation
        ) async -> Set<Int> {
            var acknowledged: Set<Int> = []
            for batch in 0..<1_000 {
                let first = sender * 5_000 + batch * 5
                let numbers = first..<first + 5
                do {
                    _ = try await clients.scoring.upsertLeads(FleetAgreement.batch(numbers))
                } catch {
                    #expect((error as? RPCError)?.code == .unavailable, "\(error)")
                    return acknowledged
                }
                acknowledged.formUnion(numbers)
                told.yield(batch)
            }
            return acknowledged
        }
    }
}
