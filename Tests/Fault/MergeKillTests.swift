import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import SwiftProtobuf
import Testing

extension Faults {
    /// Five real processes, killed at seeded random moments while leads are merged and split.
    ///
    /// `ACCORD_SEED` replays the moments, `ACCORD_KILLS` asks for more of them.
    @Suite struct MergeKillTests {
        static let seed = TestSeed.value(default: 20_261_124)
        static let kills = ProcessInfo.processInfo.environment["ACCORD_KILLS"].flatMap(Int.init) ?? 12
        static let pairs = 60

        @Test func everyMergeHappensOnceAndLosesNothingWhateverIsKilled() async throws {
            print("merge kills: ACCORD_SEED=\(Self.seed) ACCORD_KILLS=\(Self.kills)")
            let folder = try TemporaryFolder()
            let fleet = try await Fleet.start(folder.url.path)
            try await withClients(fleet.addresses) { clients in
                try await FleetAgreement.establish(clients)
                _ = try await clients.scoring.upsertLeads(FleetAgreement.batch(0..<(2 * Self.pairs)))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await fleet.killAtRandom(times: Self.kills, seed: Self.seed) }
                    group.addTask {
                        for pair in 0..<Self.pairs {
                            try await Self.merge(pair, clients)
                            await fleet.waitForKills(Self.kills * pair / Self.pairs)
                        }
                    }
                    try await group.waitForAll()
                }
                try await check(clients)
                try await checkThoseWhoFollow(clients)
            }
            #expect(await fleet.stop() == [0, 0, 0, 0, 0])
        }

        /// Makes a pair of leads one; every third is told apart again.
        private static func merge(_ pair: Int, _ clients: SuiteClients) async throws {
            _ = try await untilAcknowledged {
                try await clients.scoring.mergeLeads(
                    .with {
                        $0.leadID = "lead-\(2 * pair)"
                        $0.mergedIds = ["lead-\(2 * pair + 1)"]
                        $0.mergedBy = "rita"
                    })
            }
            guard isSplit(pair) else { return }
            _ = try await untilAcknowledged {
                try await clients.scoring.splitLeads(
                    .with {
                        $0.leadIds = ["lead-\(2 * pair + 1)"]
                        $0.splitBy = "rita"
                    })
            }
        }

        private static func isSplit(_ pair: Int) -> Bool { pair % 3 == 0 }

        private func check(_ clients: SuiteClients) async throws {
            for pair in 0..<Self.pairs {
                let numbers = [2 * pair, 2 * pair + 1]
                for number in numbers {
                    let lead = try await untilAcknowledged {
                        try await clients.scoring.getLead(.with { $0.leadID = "lead-\(number)" }).lead
                    }
                    let own = Self.isSplit(pair) ? [number] : numbers
                    #expect(lead.lead.leadID == "lead-\(own[0])")
                    #expect(Int(lead.engagementCount) == own.map { FleetAgreement.engagements($0).count }.reduce(0, +))
                    #expect(lead.merges.count == (Self.isSplit(pair) ? 2 : 1))
                    let ledger = try await untilAcknowledged {
                        try await clients.scoring.explainScore(.with { $0.leadID = "lead-\(number)" })
                    }
                    #expect(ledger.ledger.reduce(0) { $0 + $1.shown } == ledger.score.shown)
                }
            }
            let told = try await clients.told(by: .scoring)
            #expect(told.count { $0.payload?.kind == .leadsMerged } == Self.pairs)
            #expect(told.count { $0.payload?.kind == .leadsSplit } == (0..<Self.pairs).count(where: Self.isSplit))
        }

        /// Routing, SLA and Metrics see the same leads, each once, however long it takes the relays.
        private func checkThoseWhoFollow(_ clients: SuiteClients) async throws {
            let told = try await clients.told(by: .scoring)
            let qualified = Set(told.filter { $0.payload?.kind == .leadQualified }.map { Self.leadID(now: $0.key) })
            let leads = Self.pairs + (0..<Self.pairs).count(where: Self.isSplit)
            let counts = try await eventually {
                let funnel = try await clients.metrics.getFunnel(.init())
                return Dictionary(funnel.total.stages.map { ($0.state, Int($0.leads)) }, uniquingKeysWith: +)
            } until: {
                $0[.inquiry] == leads && $0[.mql] == qualified.count
            }
            #expect(counts[.inquiry] == leads)
            #expect(counts[.mql] == qualified.count)
            let open = try await eventually {
                try await clients.routing.listHandoffs(.with { $0.page.pageSize = 1_000 }).handoffs
                    .filter { $0.state != .closed }.map(\.leadID).sorted()
            } until: {
                $0 == qualified.sorted()
            }
            #expect(open == qualified.sorted())
            let running = try await eventually {
                try await clients.sla.listTimers(.with { $0.page.pageSize = 1_000 }).timers
                    .filter { $0.state != .cancelled }.map(\.leadID).sorted()
            } until: {
                $0 == qualified.sorted()
            }
            #expect(running == qualified.sorted())
            for number in 0..<2 * Self.pairs {
                let journey = try await clients.metrics.getJourney(.with { $0.leadID = "lead-\(number)" })
                #expect(journey.leadID == Self.leadID(now: "lead-\(number)"))
            }
            for service in ServiceName.allCases {
                #expect(try await clients.events(of: service).listParked(.init()).parked.isEmpty)
            }
        }

        private static func leadID(now id: String) -> String {
            guard let number = Int(id.dropFirst(5)), !isSplit(number / 2) else { return id }
            return "lead-\(number / 2 * 2)"
        }
    }
}
