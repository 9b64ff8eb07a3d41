package import Contracts
import GRDB
import Kernel
import Logging
package import RPC
package import Storage
import SwiftProtobuf

/// Applies batches of events: each event once, those of a key in order, a bad one alone.
package struct EventInbox: Sendable {
    private let store: Store
    private let dispatch: EventDispatch
    private let learnAgreement: @Sendable (_ version: Int64) async throws -> Void
    private let measuresBatches: Bool

    /// - Parameter measuresBatches: whether a batch's bytes are counted; not needed where senders are of this process.
    package init(store: Store, assembly: ServiceAssembly, measuresBatches: Bool = true) {
        self.store = store
        dispatch = EventDispatch(assembly)
        self.learnAgreement = assembly.learnAgreement
        self.measuresBatches = measuresBatches
    }

    /// Applies a batch in one transaction.
    ///
    /// - Returns: one result an event, in their order.
    /// - Throws: `invalid_argument` where the batch is beyond its limits or an event has no id or key; what the
    ///   storage or a missing agreement version throws, with nothing applied.
    package func receive(_ events: [WireEvent], _ context: RPCContext) async throws -> [WireEventResult] {
        try validate(events)
        guard !events.isEmpty else { return [] }
        let unknown = try await learnVersions(of: events)
        let outcomes = try await apply(events, unknown, context)
        for (event, outcome) in zip(events, outcomes) {
            guard case .failed(_, let cause) = outcome else { continue }
            context.logger.warning(
                "event was not applied",
                metadata: ["event_id": "\(event.eventID)", "key": "\(event.key)", "error": "\(cause)"])
        }
        return zip(events, outcomes).map { event, outcome in outcome.result(event.eventID) }
    }

    // MARK: - Before the transaction

    private func validate(_ events: [WireEvent]) throws {
        guard events.count <= BatchLimits.maxEvents else {
            throw RPCError.invalid(
                "events", found: "\(events.count) events", expected: "at most \(BatchLimits.maxEvents)")
        }
        var violations: [WireFieldViolation] = []
        for (index, event) in events.enumerated() {
            if event.eventID.isEmpty || event.eventID.utf8.count > 128 {
                violations.append(
                    .init("events[\(index)].event_id", found: "\(event.eventID.utf8.count) bytes", expected: "1 to 128")
                )
            }
            if event.key.isEmpty {
                violations.append(.init("events[\(index)].key", found: "nothing", expected: "what the event is about"))
            } else if Int(event.partition) != Partition.of(event.key) {
                violations.append(
                    .init(
                        "events[\(index)].partition", found: "\(event.partition)",
                        expected: "\(Partition.of(event.key)), by its key"))
            }
        }
        guard violations.isEmpty else { throw RPCError.invalid(violations) }
        guard measuresBatches else { return }
        let bytes = try events.reduce(0) { try $0 + ($1.serializedBytes() as [UInt8]).count }
        guard bytes <= BatchLimits.maxBytes else {
            throw RPCError.invalid("events", found: "\(bytes) bytes", expected: "at most \(BatchLimits.maxBytes)")
        }
    }

    /// - Returns: versions that do not exist, with what ICP said: the events that name them fail, the others go on.
    private func learnVersions(of events: [WireEvent]) async throws -> [Int64: String] {
        var unknown: [Int64: String] = [:]
        var last: Int64?
        for event in events {
            let version = event.agreementVersion
            // A version that takes effect comes with its event, from an ICP that may be about to end.
            guard version != last, event.payload?.kind != .agreementActivated else { continue }
            last = version
            guard unknown[version] == nil else { continue }
            do {
                try await learnAgreement(version)
            } catch let error as RPCError where [.notFound, .invalidArgument, .failedPrecondition].contains(error.code)
            {
                unknown[version] = "agreement version \(version): \(error.message)"
            }
        }
        return unknown
    }

    // MARK: - Inside the transaction

    /// Failures are rare: a transaction for all, and another one with a savepoint for each event only where something
    /// has failed.
    private func apply(
        _ events: [WireEvent], _ unknown: [Int64: String], _ context: RPCContext
    ) async throws -> [EventOutcome] {
        if unknown.isEmpty {
            do {
                try await store.write(context) { try applyTogether(events, $0) }
                return Array(repeating: .applied, count: events.count)
            } catch is OneByOne {}
        }
        return try await store.write(context) { try applyOneByOne(events, unknown, $0) }
    }

    /// - Throws: ``OneByOne`` where an event failed or has been received before.
    private func applyTogether(_ events: [WireEvent], _ transaction: StoreTransaction) throws {
        do {
            let kinds = try events.map { try $0.requireSubject() }
            guard try transaction.receive(eventIDs: events.map(\.eventID)) else { throw OneByOne() }
            for (event, kind) in zip(events, kinds) { try dispatch.apply(event, of: kind, in: transaction) }
            try transaction.insertRows()
        } catch  where !StorageFault.isOfStorage(error) {
            throw OneByOne()
        }
    }

    private func applyOneByOne(
        _ events: [WireEvent], _ unknown: [Int64: String], _ transaction: StoreTransaction
    ) throws -> [EventOutcome] {
        var failedKeys: Set<String> = []
        return try events.map { event in
            if failedKeys.contains(event.key) { return .held }
            do {
                if let reason = unknown[event.agreementVersion] { throw RPCError(.failedPrecondition, reason) }
                var outcome = EventOutcome.held
                try transaction.inSavepoint { outcome = try apply(event, transaction) }
                return outcome
            } catch  where !StorageFault.isOfStorage(error) {
                failedKeys.insert(event.key)
                return .failure(error)
            }
        }
    }

    /// An event of a kind that no one consumes here, or that this program does not know, is received all the same.
    private func apply(_ event: WireEvent, _ transaction: StoreTransaction) throws -> EventOutcome {
        let kind = try event.requireSubject()
        guard try transaction.receive(eventID: event.eventID) else { return .duplicate }
        try dispatch.apply(event, of: kind, in: transaction)
        return .applied
    }
}

/// Of a batch, some event cannot be applied, or is not new: each is looked at by itself.
private struct OneByOne: Error {}

/// What became of an event here.
private enum EventOutcome: Sendable {
    case applied
    case duplicate
    case held
    /// What the sender is told, and what this service's log says.
    case failed(told: String, cause: String)

    static func failure(_ error: any Error) -> EventOutcome {
        if let error = error as? RPCError { return .failed(told: error.message, cause: error.message) }
        return .failed(told: "it cannot be applied; the log of the service that refused it says why", cause: "\(error)")
    }

    func result(_ eventID: String) -> WireEventResult {
        .with {
            $0.eventID = eventID
            switch self {
            case .applied: $0.status = .applied
            case .duplicate: $0.status = .duplicate
            case .held: $0.status = .held
            case .failed(let told, _):
                $0.status = .failed
                $0.error = String(told.prefix(1_000))
            }
        }
    }
}
