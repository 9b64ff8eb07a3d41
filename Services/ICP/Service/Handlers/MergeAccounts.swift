import Contracts
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// Makes accounts one; those that are part of it already stay so.
    func mergeAccounts(
        _ request: WireMergeAccountsRequest, _ context: RPCContext
    ) async throws -> WireMergeAccountsResponse {
        let violations =
            Limits.name(request.accountID, "account_id") + Limits.name(request.mergedBy, "merged_by")
            + Limits.comment(request.reason, "reason")
            + Limits.entries(request.mergedIds.count, "merged_ids", most: Self.accountsAtMost)
            + (request.mergedIds.isEmpty
                ? [WireFieldViolation("merged_ids", found: "nothing", expected: "at least one account")] : [])
            + request.mergedIds.enumerated().flatMap { Limits.name($1, "merged_ids[\($0)]") }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        return try await store.command(context) { transaction in
            let id = try AccountStore.merge(
                request.mergedIds, into: request.accountID, by: request.mergedBy, reason: request.reason,
                in: transaction)
            let stored = try Self.stored(id, transaction.database)
            return .with { if let stored { $0.account = stored } }
        }
    }
}
