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
    }
}
