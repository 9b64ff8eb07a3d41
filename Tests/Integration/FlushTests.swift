import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Logging
import Platform
import SwiftProtobuf
import Testing

/// Five services over real HTTP whose duties have not run yet: what they do on a graceful shutdown.
@Suite struct FlushTests {
    private func start(_ folder: TemporaryFolder) async throws -> HostedSuite {
        var settings = HostedSuite.Settings(folder: folder.url.path, telemetry: .silent)
        settings.portBase = 0
        settings.runsDuties = false
        return try await HostedSuite.start(settings)
    }

    private func inquiries(_ suite: HostedSuite) async throws -> Int64? {
        try await suite.clients.metrics.getFunnel(.init()).total.stages.first { $0.state == .inquiry }?.leads
    }

    @Test(.timeLimit(.minutes(5)))
    func whatIsLeftToTellIsToldBeforeTheEnd() async throws {
        let folder = try TemporaryFolder()
        let first = try await start(folder)
        try await DemoDriver.agree(on: Samples.agreement, first.clients)
        _ = try await first.clients.scoring.upsertLeads(
            .with {
                $0.leads = (1...40).map { number in
                    .with {
                        $0.leadID = "l-\(number)"
                        $0.company.employees = 500
                    }
                }
            })
        #expect((try await inquiries(first) ?? 0) == 0)
        try await first.close()

        // Nothing runs here by itself: whatever the others know, they were told before the end.
        let second = try await start(folder)
        #expect(try await inquiries(second) == 40)
        let handoffs = try await second.clients.routing.listHandoffs(.init()).handoffs
        #expect(handoffs.count == 40)
        try await second.close()
    }
}

extension Telemetry {
    /// Of tests, which share a process: nothing is set up for all of it.
    static var silent: Telemetry {
        Telemetry(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: MetricsRegistry())
    }
}
