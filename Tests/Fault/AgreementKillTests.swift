import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import RPC
import SwiftProtobuf
import Testing

extension Faults {
    /// ICP as a process, killed at seeded random moments while versions are signed, withdrawn and take effect.
    ///
    /// `ACCORD_SEED` replays the moments, `ACCORD_KILLS` asks for more of them.
    @Suite struct AgreementKillTests {
        static let seed = TestSeed.value(default: 20_261_123)
        static let kills = ProcessInfo.processInfo.environment["ACCORD_KILLS"].flatMap(Int.init) ?? 6
        /// Versions that race in each life of the process.
        static let racing = 8

        @Test func oneVersionIsActiveAndEachTookEffectOnceAfterAnyKill() async throws {
            print("agreement kills: ACCORD_SEED=\(Self.seed) ACCORD_KILLS=\(Self.kills)")
            let folder = try TemporaryFolder()
            var random = SeededRandom(seed: Self.seed)
            for life in 0..<Self.kills {
                try await Self.live(
                    folder.url.path, life: life, killAfter: .microseconds(Int.random(in: 0...30_000, using: &random)))
            }
            let icp = try await RunningService(.icp, data: folder.url.path)
            try await Self.connected(icp) { client, events in try await Self.check(client, events) }
            #expect(await icp.executable.terminate() == 0)
        }

        /// Signs and withdraws all at once, and dies in the midst of it.
        private static func live(_ data: String, life: Int, killAfter delay: Duration) async throws {
            let icp = try await RunningService(.icp, data: data)
            try await connected(icp) { client, _ in
                let versions = try await propose(client, life: life)
                await withTaskGroup(of: Void.self) { group in
                    for version in versions {
                        group.addTask { _ = try? await client.signAgreement(.signature(of: version, .sales, "bo")) }
                    }
                    group.addTask {
                        _ = try? await client.withdrawAgreement(
                            .with {
                                $0.version = versions[0]
                                $0.withdrawnBy = "rita"
                            })
                    }
                    group.addTask {
                        try? await ContinuousClock().sleep(for: delay)
                        icp.executable.signal(SIGKILL)
                    }
                }
            }
            await icp.executable.ended()
        }

        /// Versions that marketing has signed; every third is to take effect a little later.
        private static func propose(_ client: WireIcpServiceClient, life: Int) async throws -> [Int64] {
            var versions: [Int64] = []
            for number in 0..<racing {
                let soon = Date.now.addingTimeInterval(0.02)
                let proposed = try await client.proposeAgreement(
                    .with {
                        $0.document = "name: Life \(life) version \(number)\nrouting: {fallback_pool: everyone}\n"
                        $0.proposedBy = "rita"
                        if number % 3 == 0 { $0.effectiveAt = Google_Protobuf_Timestamp(date: soon) }
                    })
                versions.append(proposed.version.version)
                _ = try await client.signAgreement(.signature(of: proposed.version.version, .marketing, "ana"))
            }
            return versions
        }

        private static func check(_ client: WireIcpServiceClient, _ events: WireEventServiceClient) async throws {
            let versions = try await client.listAgreements(.with { $0.page.pageSize = 1_000 }).versions
            #expect(versions.count == kills * racing)
            let activated = try await activations(events, atLeast: versions.filter { $0.signatures.count == 2 }.count)
            let active = versions.filter { $0.state == .active }.map(\.version)
            // On a busy machine every life may end before its first signature.
            #expect(active == Array(activated.suffix(1)))
            #expect(Set(activated).count == activated.count)
            for version in versions {
                let isSigned = version.signatures.count == 2
                #expect(isSigned == activated.contains(version.version), "version \(version.version)")
                #expect(isSigned == (version.state == .active || version.state == .superseded))
                #expect(version.state != .withdrawn || !isSigned)
            }
            let entries = try await all { page in
                let answer = try await client.listHistory(.with { $0.page = page })
                return (answer.entries, answer.nextPageToken)
            }
            #expect(entries.filter { $0.action == .activated }.map(\.version) == activated)
            #expect(entries.filter { $0.action == .superseded }.map(\.version) == activated.dropLast())
            #expect(entries.filter { $0.action == .signed }.count == versions.reduce(0) { $0 + $1.signatures.count })
        }

        /// The versions of all `AgreementActivated`, in their order; what is due takes effect by itself.
        private static func activations(_ events: WireEventServiceClient, atLeast count: Int) async throws -> [Int64] {
            try await AccordTesting.eventually(within: .seconds(20)) {
                try await activations(events)
            } until: {
                $0.count >= count
            }
        }

        private static func activations(_ events: WireEventServiceClient) async throws -> [Int64] {
            var found: [Int64] = []
            var position: Int64 = 0
            while true {
                let page = try await events.tailEvents(
                    .with {
                        $0.afterPosition = position
                        $0.limit = 500
                    })
                guard !page.events.isEmpty else { return found }
                position = page.lastPosition
                found += page.events.compactMap { tailed in
                    guard case .agreementActivated(let event) = tailed.event.payload else { return nil }
                    return event.version.version
                }
            }
        }

        private static func connected(
            _ icp: RunningService,
            _ body: (WireIcpServiceClient, WireEventServiceClient) async throws -> Void
        ) async throws {
            let transport = RPCHTTPTransport(baseURL: icp.address)
            do {
                try await body(WireIcpServiceClient(transport), WireEventServiceClient(transport))
            } catch {
                try? await transport.shutdown()
                throw error
            }
            try await transport.shutdown()
        }
    }
}

extension WireSignAgreementRequest {
    fileprivate static func signature(of version: Int64, _ side: WireSide, _ signer: String) -> Self {
        .with {
            $0.version = version
            $0.side = side
            $0.signer = signer
        }
    }
}
