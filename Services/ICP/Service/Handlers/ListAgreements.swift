import Contracts
import ICPDomain
import Platform
import RPC
import Storage
import SwiftProtobuf

extension IcpHandlers {
    /// All versions, newest first, without their documents.
    func listAgreements(
        _ request: WireListAgreementsRequest, _ context: RPCContext
    ) async throws -> WireListAgreementsResponse {
        let page = try PageCursor(request.page, kind: "ListAgreements")
        let now = store.clock.now()
        let records = try await store.read { database in
            try AgreementStore.list(below: page.after(as: Int64.self), limit: page.limit + 1, at: now, database)
        }
        let (shown, next) = page.cut(records) { String($0.life.version) }
        return try .with {
            $0.versions = try shown.map { record in
                var wire = try record.wire()
                wire.document = ""
                return wire
            }
            $0.nextPageToken = next
        }
    }
}
