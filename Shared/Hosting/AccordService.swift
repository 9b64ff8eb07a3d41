public import Contracts
public import Logging
public import Platform
public import RPC
public import Storage

/// One of the five services: what it needs on disk, and how it is built.
public protocol AccordService: Sendable {
    static var name: ServiceName { get }
    /// Append-only.
    static var migrations: [Migration] { get }
    static func build(_ environment: ServiceEnvironment) throws -> ServiceAssembly
}

/// What a service is given.
public struct ServiceEnvironment: Sendable {
    public let clock: any WallClock
    public let ids: any IDSource
    public let logger: Logger
    public let store: Store
    /// How to reach the other services.
    public let peers: Peers
    /// The keys that this replica answers for.
    public let partitions: PartitionSet
    /// Of the calls that learn from history.
    public let analysis: AnalysisLimits
    /// Of criteria that callers bring.
    public let evaluation: EvaluationLimits
    /// Of tools that sign what they tell.
    public let webhooks: WebhookSettings

    public init(
        clock: any WallClock, ids: any IDSource, logger: Logger, store: Store, peers: Peers,
        partitions: PartitionSet = .all, analysis: AnalysisLimits = AnalysisLimits(),
        evaluation: EvaluationLimits = EvaluationLimits(), webhooks: WebhookSettings = WebhookSettings()
    ) {
        self.clock = clock
        self.ids = ids
        self.logger = logger
        self.store = store
        self.peers = peers
        self.partitions = partitions
        self.analysis = analysis
        self.evaluation = evaluation
        self.webhooks = webhooks
    }
}

/// A transport to each service.
public struct Peers: Sendable {
    private let transport: @Sendable (ServiceName) -> any RPCTransport

    public init(_ transport: @escaping @Sendable (ServiceName) -> any RPCTransport) {
        self.transport = transport
    }

    public subscript(_ name: ServiceName) -> any RPCTransport { transport(name) }
}

/// What a service consists of.
public struct ServiceAssembly: Sendable {
    public var routes: [RPCRoute]
    public var consumers: [any EventConsumer]
    /// Whose events consumers are not given; nil of a service that hears of no erasure.
    public var erased: ErasedLeads?
    public var duties: [any Duty]
    /// Makes sure, before a transaction, that the service knows an agreement version that an event names.
    public var learnAgreement: @Sendable (_ version: Int64) async throws -> Void
    public var pages: [Page]
    /// Ways in for tools that cannot speak RPC; their messages are signed, and need no token.
    public var hooks: [RPCHook]

    public init(
        routes: [RPCRoute], consumers: [any EventConsumer] = [], erased: ErasedLeads? = nil, duties: [any Duty] = [],
        pages: [Page] = [], hooks: [RPCHook] = [],
        learnAgreement: @escaping @Sendable (_ version: Int64) async throws -> Void = { _ in }
    ) {
        self.routes = routes
        self.consumers = consumers
        self.erased = erased
        self.duties = duties
        self.pages = pages
        self.hooks = hooks
        self.learnAgreement = learnAgreement
    }
}

/// Applies one kind of event to the service's own tables.
public protocol EventConsumer: Sendable {
    var kind: EventKind { get }
    /// Called once an event, in the transaction that records it in the inbox.
    ///
    /// - Throws: an error parks the event after bounded retries.
    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws
}

/// Something a service does without being asked: firing timers, relaying events, trimming.
public protocol Duty: Sendable {
    var name: String { get }
    /// How long to rest when there was nothing to do.
    var interval: Duration { get }
    /// Does what is due now, a bounded amount of it.
    ///
    /// - Returns: how much was done; 0 means that nothing is due.
    func runOnce() async throws -> Int
    /// Returns when there may be something to do before the interval is over; never by default.
    func wake() async
}

extension Duty {
    public func wake() async {
        try? await Task.sleep(for: .seconds(3_600))
    }
}

/// A plain page for people, beside the RPCs.
public struct Page: Sendable {
    /// Such as `/`.
    public let path: String
    /// HTML in UTF-8 of the query's parameters.
    public let render: @Sendable (_ query: [String: String]) async throws -> String

    public init(path: String, render: @escaping @Sendable (_ query: [String: String]) async throws -> String) {
        self.path = path
        self.render = render
    }
}
