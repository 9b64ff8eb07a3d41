import Contracts
import Foundation
import GRDB
import Hosting
import Kernel
import Logging
import Platform
import RPC
import ScoringService
import Storage
import SwiftProtobuf

/// Scoring over a store of its own, with stand-ins for ICP, which knows some versions, and for Metrics, which knows what
/// became of some leads.
struct BenchService: Sendable {
    let clock: ManualClock
    let store: Store
    let assembly: ServiceAssembly
    let client: WireScoringServiceClient
    private let outcomes: KnownOutcomes

    init(_ path: String, agreements: [WireAgreementVersion], at now: Instant, _ settings: StoreSettings) throws {
        clock = ManualClock(now)
        store = try Store(
            path: path, owner: ScoringService.name.rawValue, clock: clock, ids: SeededIDSource(seed: 1),
            migrations: ScoringService.migrations, settings: settings)
        outcomes = KnownOutcomes(store)
        let stubs = InProcessTransport()
        stubs.connect(
            to: RPCDispatcher([
                RPCRoute(WireIcpServiceMethods.getAgreement) { request, _ in
                    let found = agreements.last { request.version == 0 || $0.version == request.version }
                    guard let found else { throw RPCError(.notFound, "no such agreement version") }
                    return .with { $0.version = found }
                },
                RPCRoute(WireMetricsServiceMethods.listLeadOutcomes) { [outcomes] request, _ in
                    try await outcomes.page(request)
                },
            ]))
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        var analysis = AnalysisLimits()
        analysis.leads = 1_000_000
        assembly = try ScoringService.build(
            ServiceEnvironment(
                clock: clock, ids: SeededIDSource(seed: 2), logger: logger, store: store, peers: Peers { _ in stubs },
                analysis: analysis))
        let transport = InProcessTransport()
        transport.connect(to: RPCDispatcher(assembly.routes))
        client = WireScoringServiceClient(transport)
    }

    /// Tells the service that a version is in force, as ICP's event does.
    func activate(_ version: WireAgreementVersion) async throws {
        let event = WireEvent.with {
            $0.eventID = "activation-\(version.version)"
            $0.agreementVersion = version.version
            $0.agreementActivated.version = version
        }
        try await store.write { transaction in
            for consumer in assembly.consumers where consumer.kind == .agreementActivated {
                try consumer.apply(event, in: transaction)
            }
        }
    }

    /// Makes up what Metrics knows, which takes a while.
    func prepare() async throws { _ = try await outcomes.page(.init()) }

    /// Runs the duties until none has anything to do, and forgets the events, of which nobody is told here.
    func settle() async throws {
        var done = 0
        repeat {
            done = 0
            for duty in assembly.duties { done += try await duty.runOnce() }
        } while done > 0
        var retention = Retention()
        retention.outbox = TimeSpan(seconds: 0)
        while try await store.trim(retention, subscribers: []) > 0 {}
    }
}

/// What became of two in five of the leads that qualified.
private actor KnownOutcomes {
    private let store: Store
    private var known: [WireLeadOutcome]?

    init(_ store: Store) {
        self.store = store
    }

    func page(_ request: WireListLeadOutcomesRequest) async throws -> WireListLeadOutcomesResponse {
        let all = try await outcomes()
        let first = Int(request.page.pageToken) ?? 0
        let end = min(first + max(1, Int(request.page.pageSize)), all.count)
        return .with {
            $0.outcomes = Array(all[first..<end])
            if end < all.count { $0.nextPageToken = "\(end)" }
        }
    }

    private func outcomes() async throws -> [WireLeadOutcome] {
        if let known { return known }
        let qualified = try await store.read { database in
            var found: [(id: String, at: Instant)] = []
            try database.rows("SELECT lead_id, min(at) FROM qualification GROUP BY lead_id", []) {
                found.append(($0.text(0), $0.instant(1)))
            }
            return found
        }
        let all = qualified.compactMap { Self.outcome(of: $0.id, qualifiedAt: $0.at) }
        known = all
        return all
    }

    private static func outcome(of leadID: String, qualifiedAt: Instant) -> WireLeadOutcome? {
        var random = SeededRandom(seed: Partition.fnv1a(leadID.utf8))
        guard Int.random(in: 0..<5, using: &random) < 2 else { return nil }
        return .with {
            $0.leadID = leadID
            $0.qualifiedAt = qualifiedAt.wire
            let decidedAt = qualifiedAt.adding(.hours(.random(in: 1...96, using: &random)))
            guard Int.random(in: 0..<10, using: &random) < 7 else { return $0.rejectedAt = decidedAt.wire }
            $0.acceptedAt = decidedAt.wire
            guard Bool.random(using: &random) else { return }
            $0.sqlAt = decidedAt.adding(.days(.random(in: 1...14, using: &random))).wire
            guard Int.random(in: 0..<4, using: &random) == 0 else { return }
            $0.wonAt = decidedAt.adding(.days(.random(in: 15...70, using: &random))).wire
            $0.wonAmounts = [
                .with {
                    $0.minorUnits = .random(in: 500_000...8_000_000, using: &random)
                    $0.currency = "USD"
                }
            ]
        }
    }
}
