public import Contracts
public import Storage

/// Hands events to the consumers of their kind, without what they say of leads that were erased: what is told late of
/// one, by whichever service, has no effect.
public struct EventDispatch: Sendable {
    private let consumers: [EventKind: [any EventConsumer]]
    private let erased: ErasedLeads?

    public init(_ assembly: ServiceAssembly) {
        consumers = Dictionary(grouping: assembly.consumers, by: \.kind)
        erased = assembly.erased
    }

    /// - Parameter kind: the event's; nil of one that this program does not know, which no one consumes.
    /// - Throws: what consumers throw.
    public func apply(_ event: WireEvent, of kind: EventKind?, in transaction: StoreTransaction) throws {
        guard let kind, let consumers = consumers[kind] else { return }
        guard let event = try rest(of: event, in: transaction) else { return }
        for consumer in consumers { try consumer.apply(event, in: transaction) }
    }

    private func rest(of event: WireEvent, in transaction: StoreTransaction) throws -> WireEvent? {
        guard let erased else { return event }
        return try erased.rest(of: event, transaction.database)
    }
}
