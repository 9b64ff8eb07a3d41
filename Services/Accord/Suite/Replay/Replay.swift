public import Contracts
import Foundation
import Kernel
import RPC
import SwiftProtobuf

/// The reports after a replay.
public struct ReplayReports: Sendable {
    public var funnel: WireGetFunnelResponse
    public var pipeline: WireGetPipelineResponse
    public var attribution: WireGetAttributionResponse
    public var serviceLevels: WireGetServiceLevelsResponse
    /// The dimension each was split by: not every report knows every dimension.
    public var funnelSplit: String
    public var pipelineSplit: String
}

/// Runs a plan through the services in this process, under a manual clock that follows the history.
public struct Replay: Sendable {
    private let plan: ReplayPlan
    private let history: History
    /// The salespeople of a made-up history.
    private let team: DemoWorld?
    private let folder: ScratchFolder

    /// Records in the history.
    public var count: Int { history.items.count }

    /// - Throws: ``ImportFaults`` with all faults of the plan and of the data.
    public init(plan path: String, data: String, store: String?) throws {
        plan = try ReplayPlan(path: path)
        history = try History(plan, data: URL(fileURLWithPath: data))
        team = nil
        folder = try ScratchFolder(store)
    }

    /// A made-up history under the demo's agreement: the same for the same seed.
    ///
    /// - Parameter engagements: of each lead.
    public init(generated leads: Int, engagements: Int, seed: UInt64, store: String?) throws {
        plan = ReplayPlan(agreement: DemoAgreement.text, inputs: [])
        let world = DemoWorld(seed: seed)
        let settings = DemoSettings(seed: seed, leads: leads)
        var generator = DemoLeads(world: world, start: settings.start, days: settings.days, seed: seed)
        var items: [HistoryItem] = []
        items.reserveCapacity(leads * (engagements + 1))
        for number in 1...max(1, leads) {
            let (lead, engagements) = generator.next(number, count: engagements)
            items.append(HistoryItem(at: Instant(lead.createdAt), record: .lead(lead)))
            items += engagements.map { HistoryItem(at: Instant($0.occurredAt), record: .engagement($0)) }
        }
        history = History(items)
        team = world
        folder = try ScratchFolder(store)
    }

    public func run(
        splitBy: String, progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> ReplayReports {
        try await withSuite(progress: progress) { try await Self.reports($0.clients, splitBy: splitBy) }
    }

    /// Replays, and gives the suite as it is then.
    public func withSuite<Value>(
        progress: (Int, Int) -> Void = { _, _ in }, _ body: (InProcessSuite) async throws -> Value
    ) async throws -> Value {
        let first = history.items.first?.at ?? Instant(seconds: 0)
        let suite = try InProcessSuite(folder: folder.path, start: Instant(seconds: first.seconds - 86_400))
        do {
            try await DemoDriver.agree(on: plan.agreement, suite.clients)
            if let team { try await team.furnish(suite.clients) }
            try await suite.settle()
            let playback = Playback(suite.clients, time: suite.time)
            try await playback.play(history.items) { progress($0, history.items.count) }
            let value = try await body(suite)
            try await suite.close()
            return value
        } catch {
            try? await suite.close()
            throw error
        }
    }

    /// Sends the same history to services that are already there and pass the time themselves.
    public func send(to clients: SuiteClients, settled: @escaping @Sendable () async throws -> Void) async throws {
        try await DemoDriver.agree(on: plan.agreement, clients)
        try await settled()
        let playback = Playback(clients, time: PassageOfTime(pass: { _ in }, settle: settled))
        try await playback.play(history.items)
    }

    public static func reports(_ clients: SuiteClients, splitBy: String) async throws -> ReplayReports {
        let funnelSplit = WireFunnelSplit.knows(splitBy) ? splitBy : ""
        let pipelineSplit = WirePipelineSplit.knows(splitBy) ? splitBy : ""
        return ReplayReports(
            funnel: try await clients.metrics.getFunnel(.with { $0.splitBy = funnelSplit }),
            pipeline: try await clients.metrics.getPipeline(.with { $0.splitBy = pipelineSplit }),
            attribution: try await clients.metrics.getAttribution(.init()),
            serviceLevels: try await clients.metrics.getServiceLevels(.init()),
            funnelSplit: funnelSplit, pipelineSplit: pipelineSplit)
    }
}

/// Which reports can be split by a dimension.
private enum WireFunnelSplit {
    static func knows(_ dimension: String) -> Bool {
        [
            "source", "channel", "campaign", "segment", "tier", "motion", "territory", "industry", "country", "team",
            "rep", "agreement_version",
        ].contains(dimension)
    }
}

private enum WirePipelineSplit {
    static func knows(_ dimension: String) -> Bool {
        !["channel", "campaign", "tier", "motion", "industry", "country", "agreement_version"].contains(dimension)
    }
}

/// A folder that was given, or a temporary one that goes with the last reference.
final class ScratchFolder: Sendable {
    let path: String
    private let temporary: Bool

    init(_ given: String?) throws {
        temporary = given == nil
        path =
            given
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("accord-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        if temporary { try? FileManager.default.removeItem(atPath: path) }
    }
}
