import Contracts
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// The audit log, oldest first: of all versions, or of one.
    func listHistory(_ request: WireListHistoryRequest, _ context: RPCContext) async throws -> WireListHistoryResponse {
        guard request.version >= 0 else {
            throw RPCError.invalid(
                "version", found: "\(request.version)", expected: "the number of a version, or 0 for all")
        }
        let page = try PageCursor(request.page, kind: "ListHistory", filter: "\(request.version)")
        let entries = try await store.read { database in
            try HistoryStore.list(
                of: request.version == 0 ? nil : request.version, after: page.after(as: Int64.self) ?? 0,
                limit: page.limit + 1, database)
        }
        let (shown, next) = page.cut(entries) { String($0.entry) }
        return .with {
            $0.entries = Array(shown)
            $0.nextPageToken = next
        }
    }
}
