public import Contracts
public import Storage
import SwiftProtobuf
import Synchronization

/// Where salespeople who are played hear what they are handed: Routing tells them as it tells the other services, so its
/// events need not be kept for them to read.
public final class SalesDesk: EventTransport {
    private let heard = Mutex<[WireEvent]>([])

    public init() {}

    public func publish(_ events: [WireEvent]) async throws -> [WireEventResult] {
        heard.withLock { $0 += events }
        return events.map { event in
            .with {
                $0.eventID = event.eventID
                $0.status = .applied
            }
        }
    }

    /// What was heard since it was last asked, in its order.
    func take() -> [WireEvent] {
        heard.withLock { heard in
            defer { heard = [] }
            return heard
        }
    }
}
