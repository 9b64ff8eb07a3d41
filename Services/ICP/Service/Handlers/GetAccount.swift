import Contracts
import GRDB
import ICPDomain
import Kernel
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// An account by its id or by one that was merged into it.
    func getAccount(_ request: WireGetAccountRequest, _ context: RPCContext) async throws -> WireGetAccountResponse {
        let violations = Limits.name(request.accountID, "account_id")
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        let stored = try await store.read { try Self.stored(request.accountID, $0) }
        guard let stored else { throw RPCError(.notFound, "there is no account \(request.accountID)") }
        return .with { $0.account = stored }
    }

    /// An account with all that became of it; nil where the id is not known.
    static func stored(_ id: String, _ database: Database) throws -> WireStoredAccount? {
        guard let view = try AccountStore.account(id, database) else { return nil }
        return try .with {
            $0.account = view.wire
            $0.formerIds = view.account.formerIDs
            $0.ancestorIds = try AccountStore.ancestorIDs(of: view.id, database)
            $0.subsidiaryIds = try AccountStore.subsidiaryIDs(of: view.id, limit: accountsAtMost, database)
            $0.merges = try AccountStore.merges(of: view.id, database)
            $0.targetListIds = try TargetListStore.listsInForce(naming: view.id, database)
            $0.createdAt = view.account.createdAt.wire
            $0.updatedAt = view.account.updatedAt.wire
        }
    }
}
