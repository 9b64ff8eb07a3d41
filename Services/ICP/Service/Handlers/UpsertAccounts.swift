import Contracts
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Stores accounts by their id; a bad one fails alone, and one that is known as it is stays as it is.
    ///
    /// What is said of an id that was merged into another account goes on to be kept, and fills up that account.
    func upsertAccounts(
        _ request: WireUpsertAccountsRequest, _ context: RPCContext
    ) async throws -> WireUpsertAccountsResponse {
        let violations = Limits.entries(request.accounts.count, "accounts", most: Self.accountsAtMost)
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        let checked = request.accounts.enumerated().map { index, account in
            (account: account.normalised, violations: account.violations(path: "accounts[\(index)]"))
        }
        return try await store.command(context) { transaction in
            try .with { response in
                for (index, item) in checked.enumerated() {
                    var result = WireItemResult.with {
                        $0.index = Int32(index)
                        $0.id = item.account.accountID
                    }
                    do {
                        guard item.violations.isEmpty else { throw RPCError.invalid(item.violations) }
                        result.status = try AccountStore.upsert(item.account, in: transaction)
                    } catch let error as RPCError {
                        result.status = .failed
                        result.error = WireItemError(error, violations: item.violations)
                    }
                    response.results.append(result)
                }
            }
        }
    }
}
