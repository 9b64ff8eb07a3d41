import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import RPC
import ScoringService
import SwiftProtobuf
import Synchronization

/// Scoring with 300 leads of which every third was won, to be told more of them when that is known.
struct DecidedLeads {
    static let start = ScoringFixture.start
    let service: ServiceFixture
    let outcomes = ToldOutcomes()
    var client: WireScoringServiceClient { WireScoringServiceClient(service.transport) }

    init() throws {
        let agreement = WireAgreementVersion.test { $0.calibration.minimumLeads = 100 }
        service = try ServiceFixture(
            ScoringService.self, start: Self.start, agreements: [agreement], peers: [outcomes.route])
    }

    /// The leads come to be at the start; those that are won are so after ten days.
    func fill(qualifiedAt: Instant = start, employees: Int64 = 20) async throws -> (won: [String], others: [String]) {
        let ids = (0..<300).map { "lead-\(1_000 + $0)" }
        _ = try await client.upsertLeads(
            .with { $0.leads = ids.map { .test($0, employees: employees, createdAt: Self.start) } })
        let known = ids.enumerated().map { place, id in
            WireLeadOutcome.with {
                $0.leadID = id
                $0.qualifiedAt = qualifiedAt.wire
                if place % 3 == 0 { $0.wonAt = Self.start.adding(.days(10)).wire }
            }
        }
        outcomes.known.withLock { $0 = known }
        let won = known.filter(\.hasWonAt).map(\.leadID)
        return (won, ids.filter { !won.contains($0) })
    }
}
