import Contracts
import Foundation
public import Hosting
public import Kernel
public import Logging
public import Platform
import RPC
import Storage

/// All five services in one process under a manual clock, without sockets: deterministic, and as fast as the CPU
/// allows. Nothing happens by itself: time passes by ``clock``, and events and timers run in ``settle()``.
public final class InProcessSuite: Sendable {
    public let clock: ManualClock
    public let clients: SuiteClients
    public let nodes: [ServiceNode]
    /// Beside those of the services.
    private let duties: [any Duty]

    /// - Parameters:
    ///   - folder: where the five SQLite files go. They are whole once it is closed: a history can be played again. Of
    ///     the events that all have been told, only Routing's stay, for salespeople who read them.
    ///   - seed: of the ids that the services make.
    ///   - desk: where Routing tells salespeople what it assigns; then its events do not stay either.
    ///   - undoesWrites: whether a service goes on after a write that failed halfway; where not, see ``isSpoiled``.
    public init(
        folder: String, start: Instant, seed: UInt64 = 1, logLevel: Logger.Level = .critical, desk: SalesDesk? = nil,
        undoesWrites: Bool = true
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let clock = ManualClock(start)
        let transports = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, InProcessTransport()) })
        let peers = Peers { transports[$0] ?? InProcessTransport() }
        var logger = Logger(label: "accord")
        logger.logLevel = logLevel
        var nodes: [ServiceNode] = []
        var duties: [any Duty] = []
        for (index, name) in ServiceName.allCases.enumerated() {
            var settings = NodeSettings.replay
            settings.store.keepsToldEvents = name == .routing && desk == nil
            settings.store.undoesWrites = undoesWrites
            let node = try ServiceNode(
                name.service, storePath: "\(folder)/\(name.rawValue).sqlite", clock: clock,
                ids: SeededIDSource(seed: seed &+ UInt64(index) &* 0x9e37_79b9), logger: logger, peers: peers,
                settings: settings)
            transports[name]?.connect(to: node.dispatcher())
            nodes.append(node)
            if name == .routing, let desk {
                let relay = Relay(
                    node.store, subscriber: "salespeople", kinds: [.handoffAssigned], transport: desk,
                    settings: settings.relay)
                duties.append(RelayDuty(relay, store: node.store))
            }
        }
        self.clock = clock
        self.nodes = nodes
        self.duties = duties
        clients = SuiteClients(peers)
    }

    /// For those who play a history into it.
    public var time: PassageOfTime {
        PassageOfTime(pass: { self.clock.advance(to: $0) }, settle: { try await self.settle() })
    }

    /// Runs the duties of all services until none of them has anything to do.
    public func settle() async throws {
        try await nodes.settle(with: duties)
    }

    /// Whether a write failed that cannot be undone: what the services have stored is of no use.
    var isSpoiled: Bool { nodes.contains { $0.store.isSpoiled } }

    /// - Throws: ``UntakenEvents`` where a service has refused an event of another one, and not taken it since.
    func requireAllTaken() async throws {
        for node in nodes {
            guard let untaken = try await node.store.read({ try Parking.untaken($0) }) else { continue }
            throw UntakenEvents(source: node.name, count: untaken.count, reason: untaken.reason)
        }
    }

    public func close() async throws {
        for node in nodes { try await node.close() }
    }
}

/// A history in which a service refused what another one told it: what is reported of it would lack facts.
public struct UntakenEvents: Error, CustomStringConvertible {
    public var source: ServiceName
    /// With those that wait behind them.
    public var count: Int
    /// Why the first was refused, by whom, and what it is about.
    public var reason: String

    public var description: String { "\(count) events of \(source) were not taken; \(reason)" }
}

extension [ServiceNode] {
    /// Runs all duties, in turn, until none of them has anything to do.
    ///
    /// - Parameter others: duties that are of no service.
    func settle(with others: [any Duty] = []) async throws {
        var done = 0
        repeat {
            done = 0
            for node in self {
                for duty in node.duties { done += try await duty.runOnce() }
            }
            for duty in others { done += try await duty.runOnce() }
        } while done > 0
    }
}
