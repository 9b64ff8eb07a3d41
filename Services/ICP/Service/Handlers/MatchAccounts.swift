import Contracts
import Criteria
import ICPDomain
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Tier, score and reasons for accounts given here or stored.
    func matchAccounts(
        _ request: WireMatchAccountsRequest, _ context: RPCContext
    ) async throws -> WireMatchAccountsResponse {
        try Self.check(request)
        let now = store.clock.now()
        let (record, stored) = try await store.read { database in
            let record =
                request.agreementVersion > 0
                ? try AgreementStore.version(request.agreementVersion, database)
                : try AgreementStore.inForce(at: now, database)
            return (record, try AccountStore.accounts(request.accountIds, database))
        }
        guard let record else { throw Self.lacksAgreement(request.agreementVersion) }
        let unknown = request.accountIds.filter { stored[$0] == nil }
        guard unknown.isEmpty else {
            throw RPCError(.notFound, "there is no account \(unknown.prefix(20).joined(separator: ", "))")
        }
        let profile = try tiers.profile(of: record)
        let accounts = request.accounts.map(\.normalised) + request.accountIds.compactMap { stored[$0] }
        return .with {
            $0.agreementVersion = record.life.version
            $0.matches = accounts.map { account in
                profile.tiers.match(account.record(profile.catalogue, currency: profile.currency), now: now)
                    .wire(accountID: account.accountID)
            }
        }
    }

    private static func check(_ request: WireMatchAccountsRequest) throws {
        let count = request.accounts.count + request.accountIds.count
        guard count <= accountsAtMost else {
            throw RPCError.invalid("accounts", found: "\(count)", expected: "at most \(accountsAtMost)")
        }
        let violations = request.accounts.enumerated().flatMap { $1.violations(path: "accounts[\($0)]") }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
    }

    private static func lacksAgreement(_ version: Int64) -> RPCError {
        version > 0
            ? RPCError(.notFound, "there is no agreement version \(version)")
            : RPCError(
                .failedPrecondition, "no agreement is in force: propose one and sign it for both sides")
    }
}
