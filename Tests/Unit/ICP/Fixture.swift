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

    /// - Parameter peers: stubs of other services.
    init(peers: [RPCRoute] = [], evaluation: EvaluationLimits = EvaluationLimits()) throws {
        service = try ServiceFixture(IcpService.self, start: Self.start, peers: peers, evaluation: evaluation)
    }

    var client: WireIcpServiceClient { WireIcpServiceClient(service.transport) }

    @discardableResult
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

    @discardableResult
    func draft(_ document: String) async throws -> WireAgreementVersion {
        try await client.draftAgreement(
            .with {
                $0.document = document
                $0.draftedBy = "dora"
            }
        ).version
    }

    @discardableResult
    func reject(
        _ version: Int64, by name: String = "bo", _ comment: String = "too low", digest: String = ""
    ) async throws -> WireAgreementVersion {
        try await client.rejectAgreement(
            .with {
                $0.version = version
                $0.side = .sales
                $0.rejectedBy = name
                $0.comment = comment
                $0.digest = digest
            }
        ).version
    }

    @discardableResult
    func withdraw(_ version: Int64, by name: String = "rita") async throws -> WireAgreementVersion {
        try await client.withdrawAgreement(
            .with {
                $0.version = version
                $0.withdrawnBy = name
            }
        ).version
    }

    func version(_ number: Int64) async throws -> WireAgreementVersion {
        try await client.getAgreement(.with { $0.version = number }).version
    }

    func history(of version: Int64 = 0) async throws -> [WireHistoryEntry] {
        try await client.listHistory(.with { $0.version = version }).entries
    }

    func told(_ kind: EventKind) async throws -> [WireEvent] {
        try await service.told().filter { $0.payload?.kind == kind }
    }

    func activations() async throws -> [WireEvent] {
        try await told(.agreementActivated)
    }

    /// Stores accounts, each of which has to be well.
    func store(_ accounts: [WireAccount]) async throws {
        let results = try await client.upsertAccounts(.with { $0.accounts = accounts }).results
        guard results.allSatisfy({ $0.status != .failed }) else {
            throw RPCError(.internal, results.map(\.error.message).joined(separator: "; "))
        }
    }

    func account(_ id: String) async throws -> WireStoredAccount {
        try await client.getAccount(.with { $0.accountID = id }).account
    }

    @discardableResult
    func merge(_ ids: String..., into id: String, reason: String = "") async throws -> WireStoredAccount {
        try await client.mergeAccounts(
            .with {
                $0.accountID = id
                $0.mergedIds = ids
                $0.mergedBy = "rita"
                $0.reason = reason
            }
        ).account
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
