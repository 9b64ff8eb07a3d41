import Contracts
import GRDB
public import Logging
public import Platform
public import RPC
public import Storage

/// How a node is run. The defaults are those of a service in production.
public struct NodeSettings: Sendable {
    public var store = StoreSettings()
    public var relay = RelaySettings()
    public var retention = Retention()
    /// Whether what is past its retention goes.
    public var trims = true
    /// The keys that this replica answers for.
    public var partitions = PartitionSet.all
    /// Of the calls that learn from history.
    public var analysis = AnalysisLimits()
    /// Of criteria that callers bring.
    public var evaluation = EvaluationLimits()
    /// Of tools that sign what they tell.
    public var webhooks = WebhookSettings()
    /// How long the relay may take at shutdown to tell what is left.
    public var flushLimit = Duration.seconds(5)
    /// Whether the bytes of batches that come in are counted.
    public var measuresBatches = true

    public init() {}

    /// For services that share a process and history is replayed into, each with a store of its own.
    public static var replay: NodeSettings {
        var settings = NodeSettings.disposable
        settings.store = .replay
        settings.trims = false
        settings.relay.timeout = nil
        return settings
    }

    /// For services that share a process and stores that are thrown away.
    public static var disposable: NodeSettings {
        var settings = NodeSettings()
        settings.store = .disposable
        settings.measuresBatches = false
        return settings
    }
}

/// A service ready to run: its store, its RPCs with those for events, its duties with the relay.
public final class ServiceNode: Sendable {
    public let name: ServiceName
    public let store: Store
    /// The service's own duties, then a relay for each subscriber, then the trimming of old rows, where wanted.
    public let duties: [any Duty]
    public let pages: [Page]
    public let hooks: [RPCHook]
    /// Runs the duties, for a service group; a replay calls their `runOnce` itself instead.
    public let runner: DutyRunner
    private let routes: [RPCRoute]

    /// Opens the store and builds the service.
    ///
    /// - Throws: ``StoreError`` where the store cannot be opened.
    public init(
        _ service: any AccordService.Type, storePath: String, clock: any WallClock, ids: any IDSource, logger: Logger,
        peers: Peers, settings: NodeSettings = NodeSettings()
    ) throws {
        let name = service.name
        let store = try Store(
            path: storePath, owner: name.rawValue, clock: clock, ids: ids, migrations: service.migrations,
            settings: settings.store)
        let assembly = try service.build(
            ServiceEnvironment(
                clock: clock, ids: ids, logger: logger, store: store, peers: peers, partitions: settings.partitions,
                analysis: settings.analysis, evaluation: settings.evaluation, webhooks: settings.webhooks))
        let relays = name.subscribers.map { subscriber in
            let transport = RPCEventTransport(peers[subscriber], timeout: settings.relay.timeout)
            return RelayDuty(
                Relay(
                    store, subscriber: subscriber.rawValue, kinds: subscriber.hears, transport: transport,
                    settings: settings.relay),
                store: store)
        }
        let trim = TrimDuty(store, retention: settings.retention, subscribers: name.subscribers.map(\.rawValue))
        let inbox = EventInbox(store: store, assembly: assembly, measuresBatches: settings.measuresBatches)
        self.name = name
        self.store = store
        duties = assembly.duties + relays + (settings.trims ? [trim] : [])
        pages = assembly.pages
        hooks = assembly.hooks
        runner = DutyRunner(
            duties, flushed: relays, flushLimit: settings.flushLimit, service: name.rawValue, logger: logger)
        routes = assembly.routes + EventServiceHandlers(store: store, inbox: inbox).routes
    }

    /// Answers the service's RPCs and those of the event service.
    public func dispatcher(interceptors: [any RPCInterceptor] = []) -> RPCDispatcher {
        RPCDispatcher(routes, interceptors: interceptors)
    }

    /// What a service must have to be ready: `ok`, or what is amiss. That the store is open implies that its
    /// migrations have run.
    public func readiness() async -> [String: String] {
        var state = ["duties": runner.isRunning ? "ok" : "not running"]
        do {
            _ = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM relay_cursor") }
            state["store"] = "ok"
        } catch {
            state["store"] = (error as? RPCError)?.message ?? "failed"
        }
        return state
    }

    /// Closes the store, after ``runner`` and the server have ended.
    public func close() async throws {
        try await store.close()
    }
}

extension ServiceName {
    /// The services that are told this one's events.
    package var subscribers: [ServiceName] {
        Self.allCases.filter { $0 != self && !$0.hears.isEmpty }
    }
}
