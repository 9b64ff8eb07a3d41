import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import RPC
import SwiftProtobuf
import Testing

extension Faults {
    /// A store that cannot grow, as on a full disk: SQLite's `max_page_count` stands in for it.
    @Suite struct FullDiskTests {
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
        }

        @Test func writesAreRefusedWholeUntilThereIsRoomAndReadsGoOn() async throws {
            let data = folder.path("data")
            let icp = try await RunningService(.icp, data: data)
            let peers = [ServiceName.icp: icp.address]
            let full = try await RunningService(
                .scoring, data: data, peers: peers, arguments: ["--store-max-pages", "150", "--log-level", "critical"])
            var numbers = 1...20
            var stored: [String] = []
            try await withClients([.icp: icp.address, .scoring: full.address]) { clients in
                try await DemoDriver.agree(on: FleetAgreement.text, clients)

                while true {
                    do {
                        _ = try await clients.scoring.upsertLeads(FleetAgreement.batch(numbers))
                    } catch let error as RPCError {
                        #expect(error.code == .resourceExhausted)
                        #expect(error.message == "storage is full; nothing was changed")
                        break
                    }
                    stored += numbers.map { "lead-\($0)" }
                    try #require(stored.count < 10_000, "the store never fills")
                    numbers = (numbers.upperBound + 1)...(numbers.upperBound + 20)
                }
                #expect(!stored.isEmpty)
                #expect(try await leads(clients) == stored.sorted())
                #expect(try await created(clients) == stored.sorted())
                #expect(try await PlainHTTP.get(full.address + "/readyz").status == 200)
            }
            #expect(await full.executable.terminate() == 0)

            let roomy = try await RunningService(
                .scoring, data: data, peers: peers, arguments: ["--log-level", "critical"])
            try await withClients([.icp: icp.address, .scoring: roomy.address]) { clients in
                #expect(try await leads(clients) == stored.sorted())
                let refused = FleetAgreement.batch(numbers)
                let response = try await clients.scoring.upsertLeads(refused)
                #expect(response.results.allSatisfy { $0.status == .created })
                let all = stored + numbers.map { "lead-\($0)" }
                #expect(try await leads(clients) == all.sorted())
                #expect(try await created(clients) == all.sorted())
            }
            #expect(await roomy.executable.terminate() == 0)
            #expect(await icp.executable.terminate() == 0)
        }

        @Test func eventsWaitForASubscriberThatIsFull() async throws {
            let data = folder.path("data")
            let icp = try await RunningService(.icp, data: data)
            let ports = try FreePorts.take(1)
            let metricsURL = "http://127.0.0.1:\(ports[0])"
            let peers = [ServiceName.icp: icp.address, .metrics: metricsURL]
            let full = try await RunningService(
                .metrics, data: data, port: ports[0], peers: peers,
                arguments: ["--store-max-pages", "80", "--log-level", "critical"])
            let scoring = try await RunningService(
                .scoring, data: data, peers: peers, arguments: ["--log-level", "critical"])
            let addresses = [ServiceName.icp: icp.address, .scoring: scoring.address, .metrics: metricsURL]
            let roomy = try await withClients(addresses) { clients in
                try await DemoDriver.agree(on: FleetAgreement.text, clients)
                for start in stride(from: 1, to: 1_000, by: 100) {
                    _ = try await clients.scoring.upsertLeads(FleetAgreement.batch(start..<start + 100))
                }
                // The subscriber refuses what comes now, and goes on to answer questions.
                _ = try await eventually {
                    try await isFull(clients)
                } until: {
                    $0
                }
                #expect(try await isFull(clients))
                #expect(try await inquiries(clients) < 1_000)
                #expect(await full.executable.terminate() == 0)

                let roomy = try await RunningService(
                    .metrics, data: data, port: ports[0], peers: peers, arguments: ["--log-level", "critical"])
                let count = try await eventually {
                    try await inquiries(clients)
                } until: {
                    $0 == 1_000
                }
                #expect(count == 1_000)
                #expect(try await clients.events(of: .scoring).listParked(.init()).parked.isEmpty)
                return roomy
            }
            for service in [scoring, roomy, icp] { #expect(await service.executable.terminate() == 0) }
        }

        /// Touches that are new at each attempt: ones that are stored already would change nothing and always fit.
        private func isFull(_ clients: SuiteClients) async throws -> Bool {
            let attempt = UUID().uuidString
            do {
                _ = try await clients.metrics.recordTouches(
                    .with {
                        $0.touches = (0..<200).map { number in
                            .with {
                                $0.touchID = "touch-\(attempt)-\(number)"
                                $0.leadID = "lead-1"
                                $0.channel = "email"
                                $0.campaign = String(repeating: "campaign", count: 20)
                                $0.occurredAt = Instant(seconds: 1_780_000_000).wire
                            }
                        }
                    })
                return false
            } catch let error as RPCError where error.code == .resourceExhausted {
                return true
            }
        }

        private func inquiries(_ clients: SuiteClients) async throws -> Int {
            let stages = try await clients.metrics.getFunnel(.init()).total.stages
            return stages.first { $0.state == .inquiry }.map { Int($0.leads) } ?? 0
        }

        private func leads(_ clients: SuiteClients) async throws -> [String] {
            try await all { page in
                let answer = try await clients.scoring.listLeads(.with { $0.page = page })
                return (answer.leads.map(\.lead.leadID), answer.nextPageToken)
            }.sorted()
        }

        private func created(_ clients: SuiteClients) async throws -> [String] {
            try await clients.told(by: .scoring).filter(\.leadScored.created).map(\.key).sorted()
        }
    }
}
