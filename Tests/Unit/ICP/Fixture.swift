import AccordTesting
import Contracts
import Hosting
import ICPService
import Kernel
import RPC
import SwiftProtobuf

/// The ICP service under a manual clock.
struct IcpFixture {
    static let start = Instant(seconds: 1_780_000_000)
    let service: ServiceFixture

    init() throws {
        service = try ServiceFixture(IcpService.self, start: Self.start)
    }

    var client: WireIcpServiceClient { WireIcpServiceClient(service.transport) }

    func propose(_ document: String, effectiveAt: Instant? = nil) async throws -> WireProposeAgreementResponse {
        try await client.proposeAgreement(
            .with {
                $0.document = document
                $0.proposedBy = "rita"
                if let effectiveAt { $0.effectiveAt = effectiveAt.wire }
            })
    }

    @discardableResult
    func sign(
        _ version: Int64, _ side: WireSide, _ signer: String, digest: String = ""
    ) async throws -> WireAgreementVersion {
        try await client.signAgreement(
            .with {
                $0.version = version
                $0.side = side
                $0.signer = signer
                $0.digest = digest
            }
        ).version
    }

    /// Proposes and signs for both sides.
    @discardableResult
    func enact(_ document: String, effectiveAt: Instant? = nil) async throws -> WireAgreementVersion {
        let version = try await propose(document, effectiveAt: effectiveAt).version.version
        try await sign(version, .marketing, "ana")
        return try await sign(version, .sales, "bo")
    }

    func inForce(at moment: Instant? = nil) async throws -> WireAgreementVersion {
        try await client.getAgreement(.with { if let moment { $0.at = moment.wire } }).version
    }
}

/// The error that a call ends with; nil where it does not.
func error(of call: () async throws -> Void) async -> RPCError? {
    do {
        try await call()
        return nil
    } catch {
        return error as? RPCError
    }
}
