public import Contracts
import GRDB
import Platform
public import RPC
package import Storage
import SwiftProtobuf

/// `accord.event.v1.EventService` as every service has it: the door for events, and the tools for those that failed.
public struct EventServiceHandlers: WireEventServiceHandlers {
    let store: Store
    let inbox: EventInbox

    package init(store: Store, inbox: EventInbox) {
        self.store = store
        self.inbox = inbox
    }

    public func publish(_ request: WirePublishRequest, _ context: RPCContext) async throws -> WirePublishResponse {
        let results = try await inbox.receive(request.events, context)
        return .with { $0.results = results }
    }

    public func listParked(
        _ request: WireListParkedRequest, _ context: RPCContext
    ) async throws -> WireListParkedResponse {
        let page = try PageCursor(request.page, kind: "ListParked")
        let after = (subscriber: page.afterParts?.first ?? "", position: Int64(page.afterParts?.last ?? "") ?? 0)
        let rows = try await store.read { try Parking.list(after: after, limit: page.limit + 1, $0) }
        let shown = Array(rows.prefix(page.limit))
        return .with {
            $0.parked = shown
            guard rows.count > shown.count, let last = shown.last else { return }
            $0.nextPageToken = page.nextToken(last: last.subscriber, "\(last.position)")
        }
    }

    public func retryParked(
        _ request: WireRetryParkedRequest, _ context: RPCContext
    ) async throws -> WireRetryParkedResponse {
        let count = try await Parking.retry(request.eventIds, in: store)
        return .with { $0.retried = Int32(count) }
    }

    public func dropParked(
        _ request: WireDropParkedRequest, _ context: RPCContext
    ) async throws -> WireDropParkedResponse {
        guard !request.eventIds.isEmpty else {
            throw RPCError.invalid("event_ids", found: "none", expected: "at least one id of a parked event")
        }
        let count = try await Parking.drop(request.eventIds, in: store)
        return .with { $0.dropped = Int32(count) }
    }

    public func tailEvents(
        _ request: WireTailEventsRequest, _ context: RPCContext
    ) async throws -> WireTailEventsResponse {
        let limit = request.limit == 0 ? 100 : Int(request.limit)
        guard (1...500).contains(limit) else {
            throw RPCError.invalid("limit", found: "\(request.limit)", expected: "1 to 500, or 0 for 100")
        }
        guard request.afterPosition >= 0 else {
            throw RPCError.invalid("after_position", found: "\(request.afterPosition)", expected: "0 or more")
        }
        let events = try await store.read { try Parking.tail(after: request.afterPosition, limit: limit, $0) }
        return .with {
            $0.events = events
            $0.lastPosition = events.last?.position ?? request.afterPosition
        }
    }
}
