import Foundation
public import Hosting
public import Kernel
import Logging
public import Platform
import RPC
import ServiceLifecycle
import Synchronization
import UnixSignals

/// All five services in one process, each with its own port and its own store: `accord up` and `accord demo`.
public final class HostedSuite: Sendable {
    public let clients: SuiteClients
    private let nodes: [ServiceNode]
    private let addresses: [ServiceName: String]
    private let connections: PeerConnections
    private let group: ServiceGroup
    private let running: Task<Void, any Error>
    private let dutyGate: DutyGate?

    /// Where the suite listens and how it runs.
    public struct Settings: Sendable {
        /// Of the five SQLite files.
        public var folder: String
        public var host = "127.0.0.1"
        /// A service listens on this plus its ``ServiceName/portOffset``; 0 takes any free ports.
        public var portBase = 7_100
        public var token: String?
        /// Of tools that sign what they tell Scoring.
        public var webhooks = WebhookSettings()
        public var clock: any WallClock = SystemClock()
        public var ids: any IDSource = RandomIDSource()
        /// False where the caller runs the duties by ``HostedSuite/settle()``, until ``HostedSuite/runUntilSignal()``.
        public var runsDuties = true
        public var telemetry: Telemetry
        /// How long what runs may take after a signal before the process ends with ``ExitCode/failed``; nil for any
        /// time, where the process goes on after the suite.
        public var drainTimeout: TimeSpan?
        /// Whether the files need not survive a power cut.
        public var isDisposable = false

        public init(folder: String, telemetry: Telemetry) {
            self.folder = folder
            self.telemetry = telemetry
        }
    }

    /// Starts the services and returns when all of them listen.
    ///
    /// - Throws: ``ServingRefusal`` where they must not or cannot listen; `StoreError` where a store cannot be opened.
    public static func start(_ settings: Settings) async throws -> HostedSuite {
        try ServingRefusal.check(host: settings.host, token: settings.token)
        try FileManager.default.createDirectory(atPath: settings.folder, withIntermediateDirectories: true)
        let logger = settings.telemetry.logger
        let late = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, LateTransport()) })
        let peers = Peers { late[$0] ?? LateTransport() }
        var nodeSettings = settings.isDisposable ? NodeSettings.disposable : NodeSettings()
        nodeSettings.webhooks = settings.webhooks
        let nodes = try ServiceName.allCases.map { [nodeSettings] name in
            try ServiceNode(
                name.service, storePath: "\(settings.folder)/\(name.rawValue).sqlite", clock: settings.clock,
                ids: settings.ids, logger: logger, peers: peers,
                settings: nodeSettings)
        }
        let listening = ListeningPorts()
        let gate = settings.runsDuties ? nil : DutyGate()
        // A group ends its services in reverse: those that tell others end before those that are told.
        let hosts = nodes.reversed().map { node in
            var host = ServiceHostSettings()
            host.host = settings.host
            host.port = settings.portBase == 0 ? 0 : settings.portBase + node.name.portOffset
            host.token = settings.token
            host.dutyGate = gate
            return ServiceHost(node, settings: host, metrics: settings.telemetry.metrics, logger: logger) { port in
                await listening.add(node.name, port)
            }
        }
        let watches = settings.drainTimeout.map { [DrainWatch(limit: $0, logger: logger)] } ?? []
        let group = ServiceGroup(
            configuration: .init(
                services: hosts + watches, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        let running = Task { try await group.run() }
        let ports = try await listening.all(or: running)
        let addresses = ports.mapValues { "http://\(settings.host):\($0)" }
        let connections = PeerConnections(urls: addresses, token: settings.token)
        for (name, transport) in late { transport.connect(to: connections.peers[name]) }
        return HostedSuite(
            nodes: nodes, addresses: addresses, connections: connections, group: group, running: running,
            dutyGate: gate)
    }

    private init(
        nodes: [ServiceNode], addresses: [ServiceName: String], connections: PeerConnections, group: ServiceGroup,
        running: Task<Void, any Error>, dutyGate: DutyGate?
    ) {
        self.nodes = nodes
        self.addresses = addresses
        self.connections = connections
        self.group = group
        self.running = running
        self.dutyGate = dutyGate
        clients = SuiteClients(connections.direct)
    }

    public func address(of name: ServiceName) -> String { addresses[name] ?? "" }

    /// Runs the duties of all services until none of them has anything to do.
    public func settle() async throws {
        try await nodes.settle()
    }

    /// Runs the duties from now on, and returns after SIGTERM or SIGINT, when all has ended.
    public func runUntilSignal() async throws {
        dutyGate?.open()
        try await running.value
        await connections.close()
    }

    public func close() async throws {
        await group.triggerGracefulShutdown()
        try await running.value
        await connections.close()
    }
}

/// The ports of the services, once all of them listen.
private actor ListeningPorts {
    private var ports: [ServiceName: Int] = [:]
    private var waiter: CheckedContinuation<Void, Never>?

    func add(_ name: ServiceName, _ port: Int) {
        ports[name] = port
        if ports.count == ServiceName.allCases.count { wake() }
    }

    /// - Throws: what ended the services, if they end before they listen.
    func all(or running: Task<Void, any Error>) async throws -> [ServiceName: Int] {
        let failure = Task {
            _ = await running.result
            self.wake()
        }
        defer { failure.cancel() }
        if ports.count < ServiceName.allCases.count {
            await withCheckedContinuation { waiter = $0 }
        }
        if ports.count < ServiceName.allCases.count { try await running.value }
        return ports
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }
}
