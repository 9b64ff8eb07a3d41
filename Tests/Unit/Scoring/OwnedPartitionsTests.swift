import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import ScoringService
import SwiftProtobuf
import Testing

/// A replica that is told which partitions it owns.
@Suite struct OwnedPartitionsTests {
    private let service: ServiceFixture
    private let client: WireScoringServiceClient
    private let own = "lead-1"
    private let foreign: String

    init() throws {
        let owned = try #require(PartitionSet(text: "\(Partition.of("lead-1"))"))
        service = try ServiceFixture(
            ScoringService.self, start: ScoringFixture.start, agreements: [.test()], partitions: owned)
        client = WireScoringServiceClient(service.transport)
        foreign = try #require((2...100).map { "lead-\($0)" }.first { Partition.of($0) != Partition.of("lead-1") })
    }

    private func refusal(_ body: () async throws -> Void) async -> RPCError? {
        await #expect(throws: RPCError.self) { try await body() }
    }

    @Test func aForeignKeyIsRefusedWithItsPartitionAndNothingIsStored() async throws {
        let request = WireUpsertLeadsRequest.with {
            $0.leads = [.with { $0.leadID = own }, .with { $0.leadID = foreign }]
        }
        let error = await refusal { _ = try await client.upsertLeads(request) }
        #expect(error?.code == .failedPrecondition)
        let detail = error?.details.first?.decoded(as: WireWrongPartition.self)
        #expect(detail?.key == foreign)
        #expect(detail?.partition == Int32(Partition.of(foreign)))
        #expect(try await client.listLeads(.init()).leads.isEmpty)
    }

    @Test func readsAndEngagementOfAForeignKeyAreRefusedToo() async throws {
        let codes = [
            await refusal { _ = try await client.getLead(.with { $0.leadID = foreign }) }?.code,
            await refusal { _ = try await client.explainScore(.with { $0.leadID = foreign }) }?.code,
            await refusal {
                _ = try await client.recordEngagements(.with { $0.engagements = [.with { $0.leadID = foreign }] })
            }?.code,
        ]
        #expect(codes == [.failedPrecondition, .failedPrecondition, .failedPrecondition])
    }

    @Test func itsOwnKeysAreTaken() async throws {
        let response = try await client.upsertLeads(.with { $0.leads = [.with { $0.leadID = own }] })
        #expect(response.results.map(\.status) == [.created])
    }
}
