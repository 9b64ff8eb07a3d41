import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import RPC
import SwiftProtobuf
import Testing

extension Faults {
    /// Scoring, killed at seeded random moments while leads are erased.
    ///
    /// `ACCORD_SEED` replays the moments, `ACCORD_KILLS` asks for more of them.
    @Suite struct ErasureKillTests {
        static let seed = TestSeed.value(default: 20_261_125)
        static let kills = ProcessInfo.processInfo.environment["ACCORD_KILLS"].flatMap(Int.init) ?? 8
        /// Every second one is erased.
        static let leads = 80

        @Test func aLeadIsErasedWhollyOrNotAtAllWhateverIsKilled() async throws {
            print("erasure kills: ACCORD_SEED=\(Self.seed) ACCORD_KILLS=\(Self.kills)")
            let folder = try TemporaryFolder()
            let fleet = try await Fleet.start(folder.url.path)
            try await withClients(fleet.addresses) { clients in
                try await FleetAgreement.establish(clients)
                _ = try await clients.scoring.upsertLeads(FleetAgreement.batch(0..<Self.leads))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await fleet.killAtRandom(times: Self.kills, seed: Self.seed, among: [.scoring])
                    }
                    group.addTask {
                        for number in 0..<Self.leads where Self.isErased(number) {
                            try await Self.erase(number, clients)
                            await fleet.waitForKills(Self.kills * number / Self.leads)
                        }
                    }
                    try await group.waitForAll()
                }
                try await check(clients)
            }
            #expect(await fleet.stop() == [0, 0, 0, 0, 0])
        }

        private static func isErased(_ number: Int) -> Bool { number % 2 == 0 }

        /// Whichever try it was that erased the lead: all of its rows were there until then.
        private static func erase(_ number: Int, _ clients: SuiteClients) async throws {
            let answer = try await untilAcknowledged {
                try await clients.scoring.eraseLead(
                    .with {
                        $0.leadID = "lead-\(number)"
                        $0.erasedBy = "rita"
                    })
            }
            #expect(answer.leadIds == ["lead-\(number)"])
            #expect(Int(answer.engagements) == FleetAgreement.engagements(number).count)
        }

        private func check(_ clients: SuiteClients) async throws {
            let stored = try await untilAcknowledged {
                try await clients.scoring.listLeads(.with { $0.page.pageSize = 1_000 }).leads
            }
            #expect(
                Set(stored.map(\.lead.leadID))
                    == Set((0..<Self.leads).filter { !Self.isErased($0) }.map { "lead-\($0)" }))
            for lead in stored {
                let number = Int(lead.lead.leadID.dropFirst(5)) ?? 0
                #expect(Int(lead.engagementCount) == FleetAgreement.engagements(number).count)
            }
            let told = try await clients.told(by: .scoring)
            for number in 0..<Self.leads {
                let kinds = Set(told.filter { $0.key == "lead-\(number)" }.compactMap { $0.payload?.kind })
                if Self.isErased(number) {
                    #expect(kinds == [.leadErased])
                } else {
                    #expect(kinds.contains(.leadScored) && !kinds.contains(.leadErased))
                }
            }
        }
    }
}
