public import Kernel
public import Logging
public import Platform

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The settings that every service has, each declared once.
public enum ServiceSettings {
    public static let host = Setting(
        "host", .text, default: "127.0.0.1",
        "Address to listen on; any other than loopback needs a token")
    public static let data = Setting("data", .text, default: "accord-data", "Folder of the service's store")
    public static let storeMaxPages = Setting(
        "store-max-pages", .integer(0...4_294_967_294), default: 0,
        "Most pages of 4 KiB that the store's file may grow to, 0 for no bound; beyond it, writes are refused as on a "
            + "full disk")
    public static let token = Setting(
        "token", .optionalText, default: nil, isSecret: true,
        "Bearer token that callers bring, and that this service brings to its peers")
    public static let partitions = Setting(
        "partitions", .partitions, default: .all,
        "Partitions of leads that this replica owns, such as 0-15,32; it refuses the others")

    public static let analysisDeals = Setting(
        "analysis-deals", .integer(1...10_000_000), default: 100_000, "Most closed deals that one discovery looks at")
    public static let analysisAccounts = Setting(
        "analysis-accounts", .integer(1...10_000_000), default: 200_000, "Most accounts that one discovery looks at")
    public static let criteriaDepth = Setting(
        "criteria-depth", .integer(1...16), default: 16, "Groups within groups of criteria that a caller brings")
    public static let criteriaConditions = Setting(
        "criteria-conditions", .integer(1...1_000), default: 1_000,
        "Groups and conditions of criteria that a caller brings")
    public static let criteriaListEntries = Setting(
        "criteria-list-entries", .integer(1...10_000), default: 10_000,
        "Entries of a list in criteria that a caller brings")
    public static let criteriaGlobBytes = Setting(
        "criteria-glob-bytes", .integer(1...256), default: 256, "Bytes of a glob in criteria that a caller brings")
    public static let criteriaChecks = Setting(
        "criteria-checks", .integer(1...1_000_000_000), default: 1_000_000,
        "Conditions times records that one call may have evaluated")
    public static let analysisLeads = Setting(
        "analysis-leads", .integer(1...10_000_000), default: 200_000,
        "Most leads that one analysis keeps in memory: those it learns from, and those that came to sales")

    public static let webhookSecrets = Setting(
        "webhook-secrets", .webhookSecrets, default: .none, isSecret: true,
        "Secrets with which tools sign their webhooks, such as forms=whsec_..., with commas between them; those of one "
            + "webhook all hold")
    public static let webhookTolerance = Setting(
        "webhook-tolerance", .span, default: .minutes(5), "How far the timestamp of a webhook may be from now")

    public static let logLevel = Setting("log-level", .logLevel, default: .info, "Least level that is logged")
    public static let logFormat = Setting(
        "log-format", .word, default: LogFormat.auto, "Form of the log; auto is text on a terminal and JSON elsewhere")

    public static let maxMessageBytes = Setting(
        "max-message-bytes", .byteCount, default: 4 << 20,
        "Largest request, as it comes and once it is decompressed, in bytes")
    public static let maxConnections = Setting(
        "max-connections", .integer(1...1_000_000), default: 4_096, "Most connections at once; others wait")
    public static let refuseUnknownFields = Setting(
        "refuse-unknown-fields", .flag, default: false,
        "Whether a JSON field that a message does not have is refused instead of ignored; callers that are newer "
            + "than this service, its peers among them, then fail")
    public static let threads = Setting(
        "threads", .integer(1...1_024), default: min(4, ProcessInfo.processInfo.activeProcessorCount),
        "Threads that read and write sockets")
    public static let callTimeout = Setting(
        "call-timeout", .span, default: TimeSpan(seconds: 30), "Time for a call whose caller names none")
    public static let maxCallTimeout = Setting(
        "max-call-timeout", .span, default: .minutes(5), "Most time that a caller may ask for")
    public static let bodyTimeout = Setting(
        "body-timeout", .span, default: TimeSpan(seconds: 30), "Time for a request's body to arrive")
    public static let idleTimeout = Setting(
        "idle-timeout", .span, default: TimeSpan(seconds: 75), "Time after which an idle connection is closed")
    public static let drainTimeout = Setting(
        "drain-timeout", .span, default: TimeSpan(seconds: 10),
        "Time, after SIGTERM, to finish what runs and to hand over events")

    public static let relayBatchEvents = Setting(
        "relay-batch-events", .integer(1...500), default: 500, "Most events that are handed over at once")
    public static let relayBatchBytes = Setting(
        "relay-batch-bytes", .byteCount, default: 1 << 20, "Most bytes of events that are handed over at once")
    public static let relayAttempts = Setting(
        "relay-attempts", .integer(1...1_000), default: 5,
        "How often an event that cannot be applied is tried before it is parked")
    public static let outboxRetention = Setting(
        "outbox-retention", .span, default: .days(7), "How long events are kept that everyone was told")
    public static let inboxRetention = Setting(
        "inbox-retention", .span, default: .days(14),
        "How long the ids of applied events are kept; longer than any sender keeps its outbox")
    public static let idempotencyRetention = Setting(
        "idempotency-retention", .span, default: .days(2), "How long answers are kept by idempotency key")

    public static func port(of service: ServiceName) -> Setting<Int> {
        Setting(
            "port", .integer(0...65_535), default: defaultPort(of: service), "Port to listen on; 0 for any free one")
    }

    public static func url(of peer: ServiceName) -> Setting<String> {
        Setting(
            "\(peer.rawValue)-url", .url, default: "http://127.0.0.1:\(defaultPort(of: peer))",
            "Where the \(peer.rawValue) service is reached")
    }

    public static func all(of service: ServiceName) -> [SettingDeclaration] {
        [host.declaration, port(of: service).declaration, data.declaration, storeMaxPages.declaration]
            + ServiceName.allCases.map { url(of: $0).declaration } + [
                token.declaration, logLevel.declaration, logFormat.declaration,
                maxMessageBytes.declaration, refuseUnknownFields.declaration, maxConnections.declaration,
                threads.declaration, callTimeout.declaration,
                maxCallTimeout.declaration, bodyTimeout.declaration, idleTimeout.declaration,
                drainTimeout.declaration, relayBatchEvents.declaration, relayBatchBytes.declaration,
                relayAttempts.declaration, outboxRetention.declaration, inboxRetention.declaration,
                idempotencyRetention.declaration,
            ] + own(service)
    }

    /// Those that one service alone has.
    private static func own(_ service: ServiceName) -> [SettingDeclaration] {
        switch service {
        case .scoring:
            [
                partitions.declaration, analysisLeads.declaration, webhookSecrets.declaration,
                webhookTolerance.declaration,
            ]
        case .icp:
            [
                analysisDeals.declaration, analysisAccounts.declaration, criteriaDepth.declaration,
                criteriaConditions.declaration, criteriaListEntries.declaration, criteriaGlobBytes.declaration,
                criteriaChecks.declaration,
            ]
        case .routing, .sla, .metrics: []
        }
    }

    private static func defaultPort(of service: ServiceName) -> Int { 7_100 + service.portOffset }
}
