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
    /// Five real processes, killed one after another at seeded random moments while leads stream in.
    ///
    /// `ACCORD_SEED` replays the moments, `ACCORD_KILLS` asks for more of them.
    @Suite struct KillTests {
        static let seed = TestSeed.value(default: 20_261_123)
        static let kills = ProcessInfo.processInfo.environment["ACCORD_KILLS"].flatMap(Int.init) ?? 30
        static let leads = 2_000
        static let batch = 20
        static let senders = 4

        @Test func whatWasAcknowledgedIsThereOnceAfterAnyKills() async throws {
            print("kills: ACCORD_SEED=\(Self.seed) ACCORD_KILLS=\(Self.kills)")
            let folder = try TemporaryFolder()
            let fleet = try await Fleet.start(folder.url.path)
            try await withClients(fleet.addresses) { clients in
                try await FleetAgreement.establish(clients)

                let sent = SentLedger()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for sender in 0..<Self.senders {
                        group.addTask { try await Self.send(clients, sender: sender, fleet: fleet, sent: sent) }
                    }
                    group.addTask { try await fleet.killAtRandom(times: Self.kills, seed: Self.seed) }
                    try await group.waitForAll()
                }
                #expect(await fleet.kills >= Self.kills)
                let acknowledged = await sent.leads
                #expect(acknowledged.count == Self.leads)

                let qualified = acknowledged.filter(FleetAgreement.qualifies)
                try await checkScoring(clients, sent: sent)
                try await checkTimers(clients, qualified: qualified)
                try await checkHandoffs(clients, qualified: qualified)
                try await checkFunnel(clients, leads: acknowledged.count, qualified: qualified.count)
                try await checkEvents(clients, leads: acknowledged, qualified: qualified)
            }
            #expect(await fleet.stop() == [0, 0, 0, 0, 0])
        }

        /// Sends its share of the leads; a batch is sent again, whole, until it is acknowledged.
        private static func send(_ clients: SuiteClients, sender: Int, fleet: Fleet, sent: SentLedger) async throws {
            let numbers = Array(stride(from: sender, to: leads, by: senders))
            for start in stride(from: 0, to: numbers.count, by: batch) {
                let end = min(start + batch, numbers.count)
                let request = FleetAgreement.batch(numbers[start..<end])
                let response = try await untilAcknowledged { try await clients.scoring.upsertLeads(request) }
                for result in response.results + response.engagementResults where result.status == .failed {
                    Issue.record("\(result.id): \(result.error.message)")
                }
                await sent.add(request)
                // The kills are spread over the whole stream: a sender waits for its share of them.
                await fleet.waitForKills(kills * end / numbers.count - senders)
            }
        }

        private func checkScoring(_ clients: SuiteClients, sent: SentLedger) async throws {
            let stored = try await all { page in
                let answer = try await clients.scoring.listLeads(.with { $0.page = page })
                return (answer.leads, answer.nextPageToken)
            }
            let acknowledged = await sent.leads
            #expect(stored.map(\.lead.leadID).sorted() == acknowledged.sorted())
            let engagements = await sent.engagements
            for lead in stored {
                let id = lead.lead.leadID
                #expect(lead.hasScore && Int(lead.engagementCount) == engagements[id], "\(id)")
                #expect((lead.state == .mql) == FleetAgreement.qualifies(id: id), "\(id)")
            }
        }

        private func checkHandoffs(_ clients: SuiteClients, qualified: Set<String>) async throws {
            let handoffs = try await all { page in
                let answer = try await clients.routing.listHandoffs(.with { $0.page = page })
                return (answer.handoffs, answer.nextPageToken)
            }
            #expect(handoffs.map(\.leadID).sorted() == qualified.sorted())
            let perRep = Dictionary(grouping: handoffs, by: \.repID).mapValues(\.count)
            #expect(perRep.count == 5 && (perRep.values.max() ?? 0) - (perRep.values.min() ?? 0) <= 1, "\(perRep)")
        }

        /// However long it takes the relays to find each other again.
        private func checkTimers(_ clients: SuiteClients, qualified: Set<String>) async throws {
            let timers = try await eventually {
                try await all { page in
                    let answer = try await clients.sla.listTimers(.with { $0.page = page })
                    return (answer.timers, answer.nextPageToken)
                }
            } until: {
                $0.count >= qualified.count
            }
            #expect(timers.map(\.leadID).sorted() == qualified.sorted())
            #expect(Set(timers.map(\.rule)) == ["accept"])
        }

        private func checkFunnel(_ clients: SuiteClients, leads: Int, qualified: Int) async throws {
            let counts = try await eventually {
                let funnel = try await clients.metrics.getFunnel(.init())
                return Dictionary(funnel.total.stages.map { ($0.state, Int($0.leads)) }, uniquingKeysWith: +)
            } until: {
                $0[.inquiry] == leads && $0[.mql] == qualified
            }
            #expect(counts[.inquiry] == leads)
            #expect(counts[.mql] == qualified)
            let levels = try await eventually {
                try await clients.metrics.getServiceLevels(.init()).rows.map { Int($0.armed) }
            } until: {
                $0 == [qualified]
            }
            #expect(levels == [qualified])
        }

        /// Every fact was told once, and none was given up.
        private func checkEvents(_ clients: SuiteClients, leads: Set<String>, qualified: Set<String>) async throws {
            let scoring = try await clients.told(by: .scoring)
            #expect(keys(scoring) { $0.leadScored.created } == leads.sorted())
            #expect(keys(scoring) { $0.payload?.kind == .leadQualified } == qualified.sorted())
            let routing = try await clients.told(by: .routing)
            #expect(keys(routing) { $0.payload?.kind == .handoffAssigned } == qualified.sorted())
            let sla = try await clients.told(by: .sla)
            #expect(keys(sla) { $0.payload?.kind == .timerArmed } == qualified.sorted())
            for service in ServiceName.allCases {
                let parked = try await clients.events(of: service).listParked(.init()).parked
                #expect(parked.isEmpty, "\(service) has given up \(parked.map(\.error))")
            }
        }

        private func keys(_ events: [WireEvent], where isWanted: (WireEvent) -> Bool) -> [String] {
            events.filter(isWanted).map(\.key).sorted()
        }
    }
}

/// What was acknowledged: the ledger against which the services are checked.
private actor SentLedger {
    private(set) var leads: Set<String> = []
    private(set) var engagements: [String: Int] = [:]

    func add(_ request: WireUpsertLeadsRequest) {
        leads.formUnion(request.leads.map(\.leadID))
        for engagement in request.engagements { engagements[engagement.leadID, default: 0] += 1 }
    }
}
