import Kernel
public import Platform
public import RPC
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a service tells about itself to those who watch it: `/healthz`, `/readyz` and `/metrics`.
public final class Health: Sendable {
    /// The life of a service, in order.
    public enum Phase: String, Sendable {
        case starting
        case running
        case draining
    }

    private let service: ServiceName
    private let clock: any WallClock
    private let parts: @Sendable () async -> [String: String]
    private let phase = Mutex(Phase.starting)

    /// - Parameter parts: what the service needs to do its work, each `ok` or what is amiss with it.
    public init(
        _ service: ServiceName, clock: any WallClock, parts: @escaping @Sendable () async -> [String: String]
    ) {
        self.service = service
        self.clock = clock
        self.parts = parts
    }

    public func enter(_ phase: Phase) {
        self.phase.withLock { $0 = phase }
    }

    /// The pages that are open to every caller.
    public var openPages: [HTTPPage] {
        [
            HTTPPage(path: "/healthz") { _ in HTTPPageResponse(text: "alive\n") },
            HTTPPage(path: "/readyz") { [self] _ in try Self.response(await readiness()) },
        ]
    }

    /// The metrics of the process.
    public static func metricsPage(_ metrics: MetricsRegistry) -> HTTPPage {
        HTTPPage(path: "/metrics") { _ in
            HTTPPageResponse(text: metrics.exposition(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Whether the service does its work now; and where not, why.
    public func readiness() async -> Readiness {
        let phase = phase.withLock { $0 }
        var reasons = phase == .running ? [] : ["the service is \(phase.rawValue)"]
        for (part, state) in await parts().sorted(by: { $0.key < $1.key }) where state != "ok" {
            reasons.append("\(part): \(state)")
        }
        return Readiness(
            service: service.rawValue, version: AccordVersion.text, time: clock.now().text, ready: reasons.isEmpty,
            reasons: reasons)
    }

    private static func response(_ readiness: Readiness) throws -> HTTPPageResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(readiness)
        return HTTPPageResponse(
            status: readiness.ready ? 200 : 503, contentType: "application/json", body: Array(body) + [0x0A])
    }
}

/// The answer of `/readyz`.
public struct Readiness: Codable, Sendable, Equatable {
    public var service: String
    public var version: String
    /// The service's clock, RFC 3339 in UTC.
    public var time: String
    public var ready: Bool
    /// Why it is not.
    public var reasons: [String]
}

/// The version of this software.
public enum AccordVersion {
    public static let text = "0.1.0"
}
