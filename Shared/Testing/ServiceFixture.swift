public import Contracts
import Foundation
import GRDB
public import Hosting
public import Kernel
import Logging
public import Platform
public import RPC
public import Storage
import SwiftProtobuf

/// One service under a manual clock, with a store of its own in a temporary folder and the other services stubbed.
///
/// Calls go through ``transport``; events come in by ``deliver(_:key:at:version:)`` and are seen in ``told()``.
public final class ServiceFixture: Sendable {
    public let clock: ManualClock
    public let store: Store
    public let assembly: ServiceAssembly
    public let transport: InProcessTransport
    private let dispatch: EventDispatch
    private let folder: TemporaryFolder
    static let storeName = "service.sqlite"
    private let ids: SeededIDSource

    /// - Parameters:
    ///   - agreements: what the stub of ICP answers, the last one being in force.
    ///   - peers: routes of further stubs, found by their path.
    ///   - folder: of a store that is there already, ``storeName``; a new one where none is given.
    public init(
        _ service: any AccordService.Type, start: Instant, agreements: [WireAgreementVersion] = [],
        peers: [RPCRoute] = [], partitions: PartitionSet = .all, evaluation: EvaluationLimits = EvaluationLimits(),
        webhooks: WebhookSettings = WebhookSettings(), folder: TemporaryFolder? = nil
    ) throws {
        clock = ManualClock(start)
        ids = SeededIDSource(seed: 1)
        self.folder = try folder ?? TemporaryFolder()
        store = try Store(
            path: self.folder.path(Self.storeName), owner: service.name.rawValue, clock: clock,
            ids: SeededIDSource(seed: 2), migrations: service.migrations)
        let stubs = InProcessTransport()
        stubs.connect(to: RPCDispatcher(StubICP(agreements: agreements).routes + peers))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        assembly = try service.build(
            ServiceEnvironment(
                clock: clock, ids: ids, logger: logger, store: store, peers: Peers { _ in stubs },
                partitions: partitions, evaluation: evaluation, webhooks: webhooks))
        dispatch = EventDispatch(assembly)
        transport = InProcessTransport()
        transport.connect(to: RPCDispatcher(assembly.routes))
    }

    /// Delivers an event as the relay would: the agreement first, then every consumer of its kind, in a transaction.
    public func deliver(
        _ payload: WireEvent.OneOf_Payload, key: String, at occurredAt: Instant, version: Int64 = 1
    ) async throws {
        try await deliver(
            .with {
                $0.eventID = ids.next()
                $0.source = "test"
                $0.key = key
                $0.partition = Int32(Partition.of(key))
                $0.occurredAt = occurredAt.wire
                $0.agreementVersion = version
                $0.payload = payload
            })
    }

    public func deliver(_ event: WireEvent) async throws {
        try await assembly.learnAgreement(event.agreementVersion)
        try await store.write { [dispatch] in try dispatch.apply(event, of: event.payload?.kind, in: $0) }
    }

    /// Everything the service has told so far, oldest first.
    public func told() async throws -> [WireEvent] {
        try await store.read { database in
            try Data.fetchAll(database, sql: "SELECT event FROM outbox ORDER BY position")
                .map { try WireEvent(serializedBytes: $0) }
        }
    }

    /// Runs every duty until none has anything to do.
    public func settle() async throws {
        var done = 0
        repeat {
            done = 0
            for duty in assembly.duties { done += try await duty.runOnce() }
        } while done > 0
    }
}

/// Answers `GetAgreement` from a list; everything else is unimplemented.
private struct StubICP: Sendable {
    let agreements: [WireAgreementVersion]

    var routes: [RPCRoute] {
        [
            RPCRoute(WireIcpServiceMethods.getAgreement) { request, _ in
                let found = agreements.last { request.version == 0 || $0.version == request.version }
                guard let found else { throw RPCError(.notFound, "no such agreement version") }
                return .with { $0.version = found }
            }
        ]
    }
}
