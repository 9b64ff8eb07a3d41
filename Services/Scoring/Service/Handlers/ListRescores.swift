import Contracts
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    func listRescores(
        _ request: WireListRescoresRequest, _ context: RPCContext
    ) async throws -> WireListRescoresResponse {
        let page = try PageCursor(request.page, kind: "ListRescores")
        let now = store.clock.now()
        return try await store.read { database in
            let found = try RescoreQueries.list(
                before: page.after(as: Int64.self) ?? .max, limit: page.limit + 1, database)
            let (shown, next) = page.cut(found) { "\($0.sequence)" }
            let version = try library.inForce(at: now, database)?.version ?? 0
            return .with {
                $0.rescores = shown.map(WireRescore.init)
                $0.nextPageToken = next
                $0.agreementVersion = version
                $0.asOf = now.wire
            }
        }
    }
}

extension WireRescore {
    fileprivate init(_ rescore: Rescore) {
        self.init()
        agreementVersion = rescore.version
        effectiveAt = rescore.effectiveAt.wire
        begunAt = rescore.begunAt.wire
        if let finishedAt = rescore.finishedAt { self.finishedAt = finishedAt.wire }
        leads = Int64(rescore.leads)
        lookedAt = Int64(rescore.counts.lookedAt)
        changed = Int64(rescore.counts.changed)
        qualified = Int64(rescore.counts.qualified)
        cooled = Int64(rescore.counts.cooled)
        supersededBy = rescore.supersededBy ?? 0
    }
}
