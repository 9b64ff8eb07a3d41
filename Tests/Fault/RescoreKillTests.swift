import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import SwiftProtobuf
import Testing

extension Faults {
    /// Scoring killed at seeded random moments while a new agreement has all leads scored anew, and intake goes on.
    ///
    /// `ACCORD_SEED` replays the moments, `ACCORD_KILLS` asks for more of them.
    @Suite struct RescoreKillTests {
        static let seed = TestSeed.value(default: 20_261_125)
        static let kills = ProcessInfo.processInfo.environment["ACCORD_KILLS"].flatMap(Int.init) ?? 8
        /// Enough for three transactions.
        static let leads = 6_000
        /// What arrives meanwhile: one more visit of every 25th lead.
        static let visitors = Array(stride(from: 0, to: leads, by: 25))

        @Test func everyLeadIsScoredAnewOnceWhateverIsKilled() async throws {
            print("rescore kills: ACCORD_SEED=\(Self.seed) ACCORD_KILLS=\(Self.kills)")
            let folder = try TemporaryFolder()
            let fleet = try await Fleet.start(folder.url.path)
            try await withClients(fleet.addresses) { clients in
                try await FleetAgreement.establish(clients)
                for first in stride(from: 0, to: Self.leads, by: 500) {
                    _ = try await clients.scoring.upsertLeads(FleetAgreement.batch(first..<first + 500))
                }
                try await DemoDriver.agree(on: Self.secondAgreement, clients)
                _ = try await eventually {
                    try await clients.scoring.listRescores(.init())
                } until: {
                    $0.agreementVersion == 2
                }
                try await Self.awaitProgress(clients)
                try await fleet.kill(.scoring)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await fleet.killAtRandom(times: Self.kills, seed: Self.seed, among: [.scoring])
                    }
                    group.addTask {
                        for (index, number) in Self.visitors.enumerated() {
                            try await Self.visit(number, clients)
                            await fleet.waitForKills(Self.kills * index / Self.visitors.count)
                        }
                    }
                    try await group.waitForAll()
                }
                try await check(clients)
            }
            #expect(await fleet.stop() == [0, 0, 0, 0, 0])
        }

        /// Returns when some leads have been looked at and others have not.
        private static func awaitProgress(_ clients: SuiteClients) async throws {
            for _ in 0..<100_000 {
                let rescore = try await clients.scoring.listRescores(.init()).rescores.first
                if let rescore, rescore.agreementVersion == 2, rescore.lookedAt > 0 {
                    return #expect(rescore.lookedAt < leads && !rescore.hasFinishedAt, "it was over too soon")
                }
            }
            Issue.record("no lead was looked at")
        }

        /// Small companies get 45 points beside their visits, and all need 50: they qualify, and large ones with a single
        /// visit cool.
        private static let secondAgreement = FleetAgreement.text
            .replacing(
                "  engagement:",
                with:
                    "    - {id: small, points: 90, when: {field: company.employees, op: lt, value: 100}}\n  engagement:"
            )
            .replacing("threshold: 45", with: "threshold: 50")

        private static func visit(_ number: Int, _ clients: SuiteClients) async throws {
            _ = try await untilAcknowledged {
                try await clients.scoring.recordEngagements(
                    .with {
                        $0.engagements = [
                            .with {
                                $0.engagementID = "late-\(number)"
                                $0.leadID = "lead-\(number)"
                                $0.kind = "page_view"
                                $0.occurredAt = Google_Protobuf_Timestamp(date: .now)
                            }
                        ]
                    })
            }
        }

        /// What has become of a lead that nobody disturbed: its running totals under each version, and its crossings.
        private struct Fate: Equatable {
            var totals: [String] = []
            var crossings: [EventKind] = []

            init(_ number: Int) {
                let isLarge = FleetAgreement.qualifies(number: number)
                let visits = Double(5 * FleetAgreement.engagements(number).count)
                let before = (isLarge ? 40 : 0) + visits
                totals.append("1: \(before)")
                if isLarge { crossings.append(.leadQualified) }
                let after = (isLarge ? 40 : 45) + visits
                if !isLarge { crossings.append(.leadQualified) }
                if isLarge, after < 50 { crossings.append(.leadCooled) }
                if before != after || after < 50 { totals.append("2: \(after)") }
                guard RescoreKillTests.visitors.contains(number) else { return }
                totals.append("2: \(after + 5)")
                if isLarge, after < 50 { crossings.append(.leadRequalified) }
            }

            init() {}
        }

        private func check(_ clients: SuiteClients) async throws {
            let rescore = try await eventually {
                try await clients.scoring.listRescores(.init()).rescores[0]
            } until: {
                $0.hasFinishedAt
            }
            #expect(rescore.agreementVersion == 2 && Int(rescore.lookedAt) == Self.leads)
            var fates: [String: Fate] = [:]
            for event in try await clients.told(by: .scoring) {
                guard let kind = event.payload?.kind else { continue }
                if kind == .leadScored {
                    let score = event.leadScored.score
                    fates[event.key, default: Fate()].totals.append("\(score.agreementVersion): \(score.total)")
                } else {
                    fates[event.key, default: Fate()].crossings.append(kind)
                }
            }
            for number in 0..<Self.leads {
                #expect(fates["lead-\(number)"] == Fate(number), "lead-\(number)")
            }
            for number in stride(from: 0, to: Self.leads, by: 50) {
                let explained = try await clients.scoring.explainScore(.with { $0.leadID = "lead-\(number)" })
                #expect(explained.history.map { "\($0.agreementVersion): \($0.after)" } == Fate(number).totals)
                #expect(explained.ledger.allSatisfy { $0.agreementVersion == 2 })
                #expect(explained.ledger.reduce(0) { $0 + $1.shown } == explained.score.shown)
            }
        }
    }
}
