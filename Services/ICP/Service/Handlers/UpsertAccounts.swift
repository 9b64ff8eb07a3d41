import Contracts
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Stores accounts by their id; a bad one fails alone, and one that is known as it is stays as it is.
    func upsertAccounts(
        _ request: WireUpsertAccountsRequest, _ context: RPCContext
    ) async throws -> WireUpsertAccountsResponse {
        guard request.accounts.count <= Self.accountsAtMost else {
            throw RPCError.invalid(
                "accounts", found: "\(request.accounts.count)", expected: "at most \(Self.accountsAtMost)")
        }
        let checked = request.accounts.enumerated().map { index, account in
            (account: account.normalised, violations: account.violations(path: "accounts[\(index)]"))
        }
        return try await store.command(context) { transaction in
            try .with { response in
                for (index, item) in checked.enumerated() {
                    response.results.append(
                        try .with {
                            $0.index = Int32(index)
                            $0.id = item.account.accountID
                            if item.violations.isEmpty {
                                $0.status = try AccountStore.upsert(item.account, in: transaction)
                            } else {
                                $0.status = .failed
                                $0.error = .with {
                                    $0.code = RPCCode.invalidArgument.rawValue
                                    $0.message = RPCError.invalid(item.violations).message
                                    $0.violations = item.violations
                                }
                            }
                        })
                }
            }
        }
    }
}
