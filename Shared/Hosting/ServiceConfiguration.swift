import Criteria
public import Kernel
public import Logging
public import Platform
public import RPC
import Storage

/// What a service's process is told, read and checked.
public struct ServiceConfiguration: Sendable {
    public let service: ServiceName
    public let host: String
    /// 0 for any that is free.
    public let port: Int
    /// The folder of the store.
    public let data: String
    public let peerURLs: [ServiceName: String]
    public let token: String?
    public let logLevel: Logger.Level
    public let logFormat: LogFormat
    public let limits: RPCLimits
    /// Of the relay and of what is kept.
    public let node: NodeSettings
    public let threads: Int
    public let drainTimeout: TimeSpan
    /// All settings as `--print-config` shows them, secrets hidden.
    public let printed: String

    /// - Parameter arguments: without the program's name.
    /// - Throws: ``SettingsFaults``, each fault a sentence.
    public init(
        _ service: ServiceName, arguments: [String], environment: [String: String]
    ) throws(SettingsFaults) {
        let settings = try Settings(
            ServiceSettings.all(of: service), arguments: arguments, environment: environment)
        try Self.checkRetention(settings)
        self.service = service
        host = settings[ServiceSettings.host]
        port = settings[ServiceSettings.port(of: service)]
        data = settings[ServiceSettings.data]
        peerURLs = Dictionary(
            uniqueKeysWithValues: ServiceName.allCases.map { ($0, settings[ServiceSettings.url(of: $0)]) })
        token = settings[ServiceSettings.token]
        logLevel = settings[ServiceSettings.logLevel]
        logFormat = settings[ServiceSettings.logFormat]
        limits = Self.limits(settings)
        var node = Self.node(settings)
        if service == .scoring {
            node.partitions = settings[ServiceSettings.partitions]
            node.analysis.leads = settings[ServiceSettings.analysisLeads]
            node.webhooks.secrets = settings[ServiceSettings.webhookSecrets]
            node.webhooks.tolerance = settings[ServiceSettings.webhookTolerance]
        }
        if service == .icp {
            node.analysis.deals = settings[ServiceSettings.analysisDeals]
            node.analysis.accounts = settings[ServiceSettings.analysisAccounts]
        }
        if service == .icp { node.evaluation = Self.evaluation(settings) }
        self.node = node
        threads = settings[ServiceSettings.threads]
        drainTimeout = settings[ServiceSettings.drainTimeout]
        printed = settings.printed
    }

    /// The file of the store.
    public var storePath: String { "\(data)/\(service.rawValue).sqlite" }

    /// An event that comes again must be known as long as anyone may tell it again.
    private static func checkRetention(_ settings: Settings) throws(SettingsFaults) {
        let (inbox, outbox) = (settings[ServiceSettings.inboxRetention], settings[ServiceSettings.outboxRetention])
        guard inbox > outbox else {
            throw SettingsFaults([
                "inbox-retention: found `\(inbox.text)`, expected more than outbox-retention, which is \(outbox.text)"
            ])
        }
    }

    private static func node(_ settings: Settings) -> NodeSettings {
        var node = NodeSettings()
        let maxPages = settings[ServiceSettings.storeMaxPages]
        node.store.maxPageCount = maxPages == 0 ? nil : maxPages
        node.relay.maxEvents = settings[ServiceSettings.relayBatchEvents]
        node.relay.maxBytes = settings[ServiceSettings.relayBatchBytes]
        node.relay.maxAttempts = settings[ServiceSettings.relayAttempts]
        node.retention.outbox = settings[ServiceSettings.outboxRetention]
        node.retention.inbox = settings[ServiceSettings.inboxRetention]
        node.retention.idempotency = settings[ServiceSettings.idempotencyRetention]
        node.flushLimit = settings[ServiceSettings.drainTimeout].duration / 2
        return node
    }

    private static func evaluation(_ settings: Settings) -> EvaluationLimits {
        var limits = EvaluationLimits()
        limits.criteria.depth = settings[ServiceSettings.criteriaDepth]
        limits.criteria.nodes = settings[ServiceSettings.criteriaConditions]
        limits.criteria.listEntries = settings[ServiceSettings.criteriaListEntries]
        limits.criteria.globBytes = settings[ServiceSettings.criteriaGlobBytes]
        limits.checks = settings[ServiceSettings.criteriaChecks]
        return limits
    }

    private static func limits(_ settings: Settings) -> RPCLimits {
        var limits = RPCLimits()
        limits.maxMessageBytes = settings[ServiceSettings.maxMessageBytes]
        limits.refusesUnknownFields = settings[ServiceSettings.refuseUnknownFields]
        limits.maxConnections = settings[ServiceSettings.maxConnections]
        limits.defaultTimeout = settings[ServiceSettings.callTimeout].duration
        limits.maximumTimeout = settings[ServiceSettings.maxCallTimeout].duration
        limits.bodyTimeout = settings[ServiceSettings.bodyTimeout].duration
        limits.idleTimeout = settings[ServiceSettings.idleTimeout].duration
        return limits
    }
}

extension TimeSpan {
    /// As Swift's clocks measure it.
    var duration: Duration { .microseconds(microseconds) }
}
