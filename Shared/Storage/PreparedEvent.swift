public import Contracts
public import Kernel
import SwiftProtobuf

/// An event made ready before the transaction that tells it, which has less to do then. It is of no call: nobody waits
/// for it.
public struct PreparedEvent: Sendable {
    fileprivate let kind: EventKind
    fileprivate let source: String
    fileprivate let key: String
    fileprivate let partition: Int32
    fileprivate let occurredAt: Instant
    /// All but its id.
    private let bytes: [UInt8]

    /// - Parameters: as those of ``StoreTransaction/append(_:key:occurredAt:agreementVersion:)``.
    ///   - number: that of the payload in `accord.event.v1.Event`.
    ///   - source: the store's owner.
    ///   - payload: writes the payload.
    /// - Throws: what the closure throws.
    public init(
        _ kind: EventKind, number: Int, key: String, occurredAt: Instant, agreementVersion: Int64, source: String,
        payload: (inout MessageBytes) throws -> Void
    ) rethrows {
        self.kind = kind
        self.source = source
        self.key = key
        self.occurredAt = occurredAt
        partition = Int32(Partition.of(key))
        var event = MessageBytes(capacity: 384)
        event.add(2, source)
        event.add(3, key)
        event.add(4, Int64(partition))
        event.add(5, occurredAt)
        event.add(6, agreementVersion)
        try event.add(number, payload)
        bytes = event.bytes
    }

    func pending(id: String) throws -> PendingEvent {
        PendingEvent(
            kind: kind, content: .prepared(self, id: id), bytes: try Outbox.bounded(bytes(id: id), key: key))
    }

    fileprivate func bytes(id: String) -> [UInt8] {
        var event = MessageBytes(capacity: id.utf8.count + 4 + bytes.count)
        event.add(1, id)
        return event.bytes + bytes
    }
}

/// An event of a transaction; one that was prepared is made a message when it is told, if anyone hears it.
enum EventContent: Sendable {
    case whole(WireEvent)
    case prepared(PreparedEvent, id: String)

    var event: WireEvent {
        get throws {
            switch self {
            case .whole(let event): event
            case .prepared(let prepared, let id): try WireEvent(serializedBytes: prepared.bytes(id: id))
            }
        }
    }

    /// Perhaps without its payload.
    var envelope: WireEvent {
        switch self {
        case .whole(let event): event
        case .prepared(let prepared, let id):
            .with {
                $0.eventID = id
                $0.source = prepared.source
                $0.key = prepared.key
                $0.partition = prepared.partition
                $0.occurredAt = prepared.occurredAt.wire
            }
        }
    }

    var id: String {
        switch self {
        case .whole(let event): event.eventID
        case .prepared(_, let id): id
        }
    }

    var key: String {
        switch self {
        case .whole(let event): event.key
        case .prepared(let prepared, _): prepared.key
        }
    }

    var partition: Int32 {
        switch self {
        case .whole(let event): event.partition
        case .prepared(let prepared, _): prepared.partition
        }
    }
}
