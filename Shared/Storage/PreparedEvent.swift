public import Contracts
public import Kernel
import SwiftProtobuf

/// An event made ready before the transaction that tells it, which has less to do then. It is of no call: nobody waits
/// for it.
public struct PreparedEvent: Sendable {
    private let kind: EventKind
    /// All but its id.
    fileprivate let event: WireEvent
    private let bytes: [UInt8]

    /// - Parameters: as those of ``StoreTransaction/append(_:key:occurredAt:agreementVersion:)``.
    ///   - source: the store's owner.
    /// - Throws: where it cannot be encoded.
    public init(
        _ payload: WireEvent.OneOf_Payload, key: String, occurredAt: Instant, agreementVersion: Int64, source: String
    ) throws {
        kind = payload.kind
        event = .with {
            $0.source = source
            $0.key = key
            $0.partition = Int32(Partition.of(key))
            $0.occurredAt = occurredAt.wire
            $0.agreementVersion = agreementVersion
            $0.payload = payload
        }
        bytes = try event.storedBytes()
    }

    func pending(id: String) throws -> PendingEvent {
        PendingEvent(
            kind: kind, content: .prepared(self, id: id),
            bytes: try Outbox.bounded(Self.head(id) + bytes, key: event.key))
    }

    /// The id as the first field of a message: its number and kind, its length as a varint, and its text.
    private static func head(_ id: String) -> [UInt8] {
        var head: [UInt8] = [1 << 3 | 2]
        head.reserveCapacity(id.utf8.count + 4)
        var length = id.utf8.count
        while length >= 0x80 {
            head.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        head.append(UInt8(length))
        head.append(contentsOf: id.utf8)
        return head
    }
}

/// An event of a transaction; one that was prepared gets its id when it is told, if anyone hears it.
enum EventContent: Sendable {
    case whole(WireEvent)
    case prepared(PreparedEvent, id: String)

    var event: WireEvent {
        guard case .prepared(let prepared, let id) = self else { return known }
        var event = prepared.event
        event.eventID = id
        return event
    }

    var key: String { known.key }
    var partition: Int32 { known.partition }

    /// Perhaps without its id.
    private var known: WireEvent {
        switch self {
        case .whole(let event): event
        case .prepared(let prepared, _): prepared.event
        }
    }
}
