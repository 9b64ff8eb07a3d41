public import Contracts
public import Kernel
import SwiftProtobuf

/// An event made ready before the transaction that tells it, which has less to do then. It is of no call: nobody waits
/// for it.
public struct PreparedEvent: Sendable {
    private let kind: EventKind
    /// All but its id.
    private let event: WireEvent
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
        bytes = try event.serializedBytes()
    }

    /// Encoded messages one behind the other are one: the id is the first field.
    func pending(id: String) throws -> PendingEvent {
        let head: [UInt8] = try WireEvent.with { $0.eventID = id }.serializedBytes()
        var event = event
        event.eventID = id
        return try Outbox.pending(event, kind: kind, bytes: head + bytes)
    }
}
