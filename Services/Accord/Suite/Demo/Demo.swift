public import Contracts
public import Hosting
import Kernel
import Logging
import Platform
import RPC
import SwiftProtobuf

/// The reports that the demo prints.
public struct DemoReports: Sendable {
    public var funnel: WireGetFunnelResponse
    public var serviceLevels: WireGetServiceLevelsResponse
    public var attribution: WireGetAttributionResponse
    /// Of a won lead.
    public var journey: WireGetJourneyResponse
}

/// The demo: five services over HTTP in this process, under a clock that the played quarter drives.
public struct Demo: Sendable {
    private let settings: DemoSettings
    private let suite: HostedSuite
    private let clock: ManualClock
    private let folder: ScratchFolder

    public static func start(_ settings: DemoSettings, folder: String?, portBase: Int) async throws -> Demo {
        let clock = ManualClock(Instant(seconds: settings.start.seconds - 3_600))
        let scratch = try ScratchFolder(folder)
        var hosted = HostedSuite.Settings(
            folder: scratch.path, telemetry: Telemetry.start("accord", level: .warning))
        hosted.portBase = portBase
        hosted.clock = clock
        hosted.ids = SeededIDSource(seed: settings.seed)
        hosted.runsDuties = false
        hosted.isDisposable = folder == nil
        let suite = try await HostedSuite.start(hosted)
        return Demo(settings: settings, suite: suite, clock: clock, folder: scratch)
    }

    public func play(_ progress: (DemoProgress, DemoSettings) -> Void) async throws -> DemoProgress {
        try await DemoDriver.agree(on: DemoAgreement.text, suite.clients)
        try await suite.settle()
        let time = PassageOfTime(pass: { clock.advance(to: $0) }, settle: { try await suite.settle() })
        let driver = DemoDriver(settings, clients: suite.clients, time: time)
        return try await driver.play { progress($0, settings) }
    }

    public func reports() async throws -> DemoReports {
        let clients = suite.clients
        let won = try await wonLead()
        return DemoReports(
            funnel: try await clients.metrics.getFunnel(.with { $0.splitBy = "source" }),
            serviceLevels: try await clients.metrics.getServiceLevels(.init()),
            attribution: try await clients.metrics.getAttribution(.with { $0.model = "linear" }),
            journey: try await clients.metrics.getJourney(.with { $0.leadID = won }))
    }

    public func address(of name: ServiceName) -> String { suite.address(of: name) }

    public func close() async throws { try await suite.close() }

    public func serveUntilSignal() async throws { try await suite.runUntilSignal() }

    /// The first lead by id that became a customer; any lead where none did.
    private func wonLead() async throws -> String {
        var token = ""
        var any = "lead-000001"
        for _ in 0..<50 {
            let page = try await suite.clients.scoring.listLeads(
                .with {
                    $0.state = .mql
                    $0.page.pageToken = token
                    $0.page.pageSize = 200
                })
            for lead in page.leads {
                any = lead.lead.leadID
                let journey = try await suite.clients.metrics.getJourney(.with { $0.leadID = any })
                if journey.steps.contains(where: { $0.kind == "stage" && $0.title.lowercased().hasPrefix("customer") })
                {
                    return any
                }
            }
            token = page.nextPageToken
            if token.isEmpty { return any }
        }
        return any
    }
}

/// The agreement of the demo, shipped in the program.
public enum DemoAgreement {
    public static var text: String {
        String(decoding: PackageResources.demo_agreement_yaml, as: UTF8.self)
    }
}
