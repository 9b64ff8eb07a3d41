import Contracts
import GRDB
import Hosting
import Kernel
import Platform
import RPC
import SLADomain
import Storage
import SwiftProtobuf

extension SLAHandlers {
    /// Timers in the order in which they were armed. Of one that still runs, the elapsed seconds are those so far.
    func listTimers(_ request: WireListTimersRequest, _ context: RPCContext) async throws -> WireListTimersResponse {
        let filterText = [
            "\(request.state.rawValue)", request.handoffID, request.leadID, request.repID,
        ].joined(separator: "\u{1F}")
        let page = try PageCursor(request.page, kind: "ListTimers", filter: filterText)
        guard request.state != .paused else { return WireListTimersResponse() }
        let filter = TimerFilter(
            state: try Self.state(request.state), handoffID: request.handoffID, repID: request.repID)
        let now = store.clock.now()
        return try await store.read { [filter] database in
            var filter = filter
            if !request.leadID.isEmpty { filter.leadIDs = try identities.ids(of: request.leadID, database) }
            let found = try TimerStore.list(
                filter, after: page.after(as: Int64.self) ?? 0, limit: page.limit + 1, database)
            let (shown, next) = page.cut(found) { "\($0.number)" }
            return try .with {
                $0.timers = try shown.map { entry in
                    var timer = try WireTimer(entry.timer, rule: library.rule(of: entry.timer, database), at: now)
                    timer.leadID = try identities.rootID(of: timer.leadID, database)
                    return timer
                }
                $0.nextPageToken = next
            }
        }
    }

    private static func state(_ wire: WireTimerState) throws -> TimerState? {
        if wire == .unspecified { return nil }
        guard let state = TimerState.allCases.first(where: { WireTimerState($0) == wire }) else {
            throw RPCError.invalid("state", found: "\(wire.rawValue)", expected: "a TimerState")
        }
        return state
    }
}
