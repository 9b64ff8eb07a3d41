import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import Platform
import Storage
import SwiftProtobuf
import Testing

/// A service whose store is replaced by an older copy of it.
@Suite struct RestoreTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock(Instant(seconds: 1_780_000_000))

    init() throws {
        folder = try TemporaryFolder()
    }

    private func withSuite<Value>(_ body: (HostedSuite) async throws -> Value) async throws -> Value {
        var settings = HostedSuite.Settings(folder: folder.url.path, telemetry: .silent)
        settings.portBase = 0
        settings.runsDuties = false
        settings.clock = clock
        let suite = try await HostedSuite.start(settings)
        let value = try await body(suite)
        try await suite.close()
        return value
    }

    private func add(_ numbers: ClosedRange<Int>, _ suite: HostedSuite) async throws {
        _ = try await suite.clients.scoring.upsertLeads(
            .with { $0.leads = numbers.map { number in .with { $0.leadID = "l-\(number)" } } })
        try await suite.settle()
    }

    private func inquiries() async throws -> Int64? {
        try await withSuite { suite in
            try await suite.settle()
            return try await suite.clients.metrics.getFunnel(.init()).total.stages.first { $0.state == .inquiry }?.leads
        }
    }

    private func rewind(_ sender: ServiceName) async throws -> EventRewind {
        try await EventRewind(of: sender, to: .metrics, since: clock.now(), folder: folder.url.path)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a service that was restored learns again what it was told since the backup, once`() async throws {
        try await withSuite { suite in
            try await DemoDriver.agree(on: Samples.agreement, suite.clients)
            try await suite.settle()
            try await add(1...5, suite)
        }
        let file = URL(fileURLWithPath: folder.path("metrics.sqlite"))
        let backup = try Data(contentsOf: file)
        clock.advance(by: .hours(1))
        try await withSuite { suite in
            try await add(6...12, suite)
            await #expect(throws: StoreError.self) { try await rewind(.scoring) }
        }
        try backup.write(to: file)
        #expect(try await inquiries() == 5)
        #expect(try await rewind(.icp).count == 0)
        let rewound = try await rewind(.scoring)
        #expect(rewound.count == 7 && rewound.goneBefore == nil)
        #expect(try await inquiries() == 12)
        _ = try await rewind(.scoring)
        #expect(try await inquiries() == 12)
    }

    @Test func `who asks for a store that is not there is told so`() async throws {
        let missing = ["events", "rewind", "scoring", "--to", "metrics", "--since", "2026-01-01", "--data", "/nowhere"]
        let run = try await AccordRun(missing)
        #expect(run.code == 65 && run.errors.contains("/nowhere/scoring.sqlite"), "\(run.errors)")
        let deaf = try await AccordRun(missing.map { $0 == "metrics" ? "icp" : $0 })
        #expect(deaf.code == 64 && deaf.errors.contains("scoring tells it nothing"), "\(deaf.errors)")
    }
}
