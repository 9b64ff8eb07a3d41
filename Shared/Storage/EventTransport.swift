public import Contracts
public import RPC
import SwiftProtobuf

/// Carries batches of events to one subscriber: hand one over in order, learn what was accepted.
///
/// No transport promises that a batch arrives once only: the subscriber's inbox makes it so.
public protocol EventTransport: Sendable {
    /// - Returns: one result an event, in their order.
    /// - Throws: ``RPCError`` where it is not known what became of the batch.
    func publish(_ events: [WireEvent]) async throws -> [WireEventResult]
}

/// Hands events to `accord.event.v1.EventService/Publish` of a subscriber, over HTTP or within the process.
public struct RPCEventTransport: EventTransport {
    private let client: WireEventServiceClient
    private let timeout: Duration?

    public init(_ transport: any RPCTransport, timeout: Duration? = RelaySettings().timeout) {
        client = WireEventServiceClient(transport)
        self.timeout = timeout
    }

    public func publish(_ events: [WireEvent]) async throws -> [WireEventResult] {
        try await client.publish(.with { $0.events = events }, CallOptions(timeout: timeout)).results
    }
}
