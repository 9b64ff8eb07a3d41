import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import RPC
import SwiftProtobuf
import Testing

/// Five real processes, killed one after another at seeded random moments while leads stream in.
@Suite(.serialized) struct KillTests {
    static let seed = ProcessInfo.processInfo.environment["ACCORD_SEED"].flatMap(UInt64.init) ?? 20_261_123
    static let kills = ProcessInfo.processInfo.environment["ACCORD_KILLS"].flatMap(Int.init) ?? 30
    static let leads = 2_000
    static let batch = 20
    static let senders = 4

    @Test func whatWasAcknowledgedIsThereOnceAfterAnyKills() async throws {
        print("kills: ACCORD_SEED=\(Self.seed) ACCORD_KILLS=\(Self.kills)")
        let folder = try TemporaryFolder()
        let fleet = try await Fleet.start(folder.url.path)
        let connection = SuiteConnection(addresses: fleet.addresses, token: nil)
        let clients = connection.clients
        try await prepare(clients)

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
        let counts = try await settledFunnel(clients, leads: acknowledged.count)
        try await checkScoring(clients, sent: sent)
        let qualified = try await checkHandoffs(clients, acknowledged: acknowledged)
        try await checkTimers(clients, qualified: qualified)
        #expect(counts[.inquiry] == Int64(acknowledged.count))
        #expect(counts[.mql] == Int64(qualified.count))
        await connection.close()
        await fleet.stop()
    }

    private func prepare(_ clients: SuiteClients) async throws {
        try await DemoDriver.agree(on: FleetAgreement.text, clients)
        _ = try await clients.routing.upsertReps(
            .with {
                $0.reps = (1...5).map { number in
                    .with {
                        $0.repID = "rep-\(number)"
                        $0.name = "Rep \(number)"
                        $0.team = "all"
                    }
                }
            })
        _ = try await clients.routing.upsertPools(
            .with {
                $0.pools = [
                    .with {
                        $0.poolID = "everyone"
                        $0.name = "Everyone"
                        $0.members = (1...5).map { number in .with { $0.repID = "rep-\(number)" } }
                    }
                ]
            })
    }

    /// Sends its share of the leads; a batch is sent again, whole, until it is acknowledged.
    private static func send(_ clients: SuiteClients, sender: Int, fleet: Fleet, sent: SentLedger) async throws {
        let numbers = Array(stride(from: sender, to: leads, by: senders))
        for start in stride(from: 0, to: numbers.count, by: batch) {
            let part = numbers[start..<min(start + batch, numbers.count)]
            let request = WireUpsertLeadsRequest.with {
                $0.leads = part.map(FleetAgreement.lead)
                $0.engagements = part.flatMap(FleetAgreement.engagements)
            }
            let results = try await fleet.untilAcknowledged { try await clients.scoring.upsertLeads(request) }
            for result in results.results where result.status == .failed { Issue.record("\(result.error.message)") }
            await sent.add(request)
            // The kills are spread over the whole stream: a sender waits for its share of them.
            try await fleet.waitForKills(kills * (start + batch) / max(numbers.count, 1) - senders)
        }
    }

    /// Every number that was sent arrives in Metrics, however long it takes the relays to find each other again.
    private func settledFunnel(_ clients: SuiteClients, leads: Int) async throws -> [WireDemandState: Int64] {
        let end = ContinuousClock.now.advanced(by: .seconds(120))
        var counts: [WireDemandState: Int64] = [:]
        var steady = 0
        while steady < 4, ContinuousClock.now < end {
            let funnel = try await clients.metrics.getFunnel(.init())
            let now = Dictionary(
                funnel.total.stages.map { ($0.state, $0.leads) }, uniquingKeysWith: { first, _ in first })
            let mqls = try await mqlCount(clients)
            steady = now == counts && now[.inquiry] == Int64(leads) && now[.mql] == Int64(mqls) ? steady + 1 : 0
            counts = now
            try await ContinuousClock().sleep(for: .milliseconds(250))
        }
        return counts
    }

    private func mqlCount(_ clients: SuiteClients) async throws -> Int {
        try await all { token in
            let page = try await clients.scoring.listLeads(
                .with {
                    $0.state = .mql
                    $0.page.pageSize = 1_000
                    $0.page.pageToken = token
                })
            return (page.leads, page.nextPageToken)
        }.count
    }

    private func checkScoring(_ clients: SuiteClients, sent: SentLedger) async throws {
        let stored = try await all { token in
            let page = try await clients.scoring.listLeads(
                .with {
                    $0.page.pageSize = 1_000
                    $0.page.pageToken = token
                })
            return (page.leads, page.nextPageToken)
        }
        let acknowledged = await sent.leads.sorted()
        #expect(stored.map(\.lead.leadID).sorted() == acknowledged)
        let engagements = await sent.engagements
        for lead in stored {
            #expect(lead.hasScore && Int(lead.engagementCount) == engagements[lead.lead.leadID])
        }
    }

    /// - Returns: the qualified leads.
    private func checkHandoffs(_ clients: SuiteClients, acknowledged: Set<String>) async throws -> Set<String> {
        let handoffs = try await all { token in
            let page = try await clients.routing.listHandoffs(
                .with {
                    $0.page.pageSize = 1_000
                    $0.page.pageToken = token
                })
            return (page.handoffs, page.nextPageToken)
        }
        let expected = acknowledged.filter { FleetAgreement.qualifies(number: Int($0.dropFirst(5)) ?? -1) }
        #expect(handoffs.map(\.leadID).sorted() == expected.sorted())
        let perRep = Dictionary(grouping: handoffs, by: \.repID).mapValues(\.count)
        #expect(perRep.count == 5 && (perRep.values.max() ?? 0) - (perRep.values.min() ?? 0) <= 1, "\(perRep)")
        return expected
    }

    private func checkTimers(_ clients: SuiteClients, qualified: Set<String>) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(60))
        var timers: [WireTimer] = []
        repeat {
            timers = try await all { token in
                let page = try await clients.sla.listTimers(
                    .with {
                        $0.page.pageSize = 1_000
                        $0.page.pageToken = token
                    })
                return (page.timers, page.nextPageToken)
            }
            if timers.count < qualified.count { try await ContinuousClock().sleep(for: .milliseconds(250)) }
        } while timers.count < qualified.count && ContinuousClock.now < end
        #expect(timers.map(\.leadID).sorted() == qualified.sorted())
        #expect(Set(timers.map(\.rule)) == ["accept"])
    }

    private func all<Item>(_ page: (String) async throws -> ([Item], String)) async throws -> [Item] {
        var items: [Item] = []
        var token = ""
        repeat {
            let (part, next) = try await page(token)
            items += part
            token = next
        } while !token.isEmpty
        return items
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
