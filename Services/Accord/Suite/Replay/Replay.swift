public import Contracts
import Foundation
public import Kernel
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
    private enum Source {
        case history(History)
        /// A made-up quarter, in which salespeople react to what they are handed.
        case demo(DemoSettings, engagements: Int)
    }

    private let agreement: String
    private let source: Source
    private let folder: ScratchFolder

    /// Of the five SQLite files; those of ``run(splitBy:progress:)`` go to another one where all has to be played again.
    package var folderPath: String { folder.path }

    /// Records in the history; of a made-up one, leads and their engagement.
    public var count: Int {
        switch source {
        case .history(let history): history.items.count
        case .demo(let settings, let engagements): settings.leads * (engagements + 1)
        }
    }

    /// - Throws: ``ImportFaults`` with all faults of the plan and of the data.
    public init(plan path: String, data: String, store: String?) throws {
        let plan = try ReplayPlan(path: path)
        agreement = plan.agreement
        source = .history(try History(plan, data: URL(fileURLWithPath: data)))
        folder = try ScratchFolder(store)
    }

    /// A made-up history under the demo's agreement: the same for the same seed.
    ///
    /// - Parameter engagements: of each lead.
    public init(generated leads: Int, engagements: Int, seed: UInt64, store: String?) throws {
        var settings = DemoSettings(seed: seed, leads: leads)
        settings.engagements = engagements
        settings.closingDays = 45
        agreement = DemoAgreement.text
        source = .demo(settings, engagements: engagements)
        folder = try ScratchFolder(store)
    }

    /// Replays, and reports.
    ///
    /// A folder of its own is thrown away, so that its stores undo nothing; where something has to be undone, all is
    /// played again in stores that do.
    ///
    /// - Throws: as ``withSuite(progress:_:)``.
    public func run(
        splitBy: String, progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> ReplayReports {
        let reports = { (suite: InProcessSuite) in try await Self.reports(suite.clients, splitBy: splitBy) }
        guard folder.isTemporary else { return try await withSuite(progress: progress, reports) }
        do {
            return try await played(in: folder, undoesWrites: false, progress, reports)
        } catch is SpoiledReplay {
            return try await played(in: ScratchFolder(nil), undoesWrites: true, progress, reports)
        }
    }

    /// Replays, and gives the suite as it is then.
    ///
    /// - Throws: ``UntakenEvents`` where a service refused what another one told it.
    public func withSuite<Value>(
        progress: (Int, Int) -> Void = { _, _ in }, _ body: (InProcessSuite) async throws -> Value
    ) async throws -> Value {
        try await played(in: folder, undoesWrites: true, progress, body)
    }

    /// - Throws: ``SpoiledReplay`` where something has to be undone that cannot be.
    private func played<Value>(
        in folder: ScratchFolder, undoesWrites: Bool, _ progress: (Int, Int) -> Void,
        _ body: (InProcessSuite) async throws -> Value
    ) async throws -> Value {
        let desk: SalesDesk? = if case .demo = source { SalesDesk() } else { nil }
        let suite = try InProcessSuite(folder: folder.path, start: start, desk: desk, undoesWrites: undoesWrites)
        do {
            try await play(suite.clients, suite.time, desk: desk) { progress($0, count) }
            try await suite.requireAllTaken()
            let value = try await body(suite)
            try await suite.close()
            return value
        } catch {
            let isSpoiled = suite.isSpoiled
            try? await suite.close()
            throw isSpoiled ? SpoiledReplay() : error
        }
    }

    /// A day before anything happens, so that the agreement is in force.
    public var start: Instant {
        let first =
            switch source {
            case .history(let history): history.items.first?.at ?? Instant(seconds: 0)
            case .demo(let settings, _): settings.start
            }
        return Instant(seconds: first.seconds - 86_400)
    }

    /// Plays the history through services that are already there.
    ///
    /// - Parameters:
    ///   - desk: where Routing tells salespeople what it assigns; nil where they read its outbox.
    ///   - progress: told how many records have been sent.
    public func play(
        _ clients: SuiteClients, _ time: PassageOfTime, desk: SalesDesk? = nil, progress: (Int) -> Void = { _ in }
    ) async throws {
        try await DemoDriver.agree(on: agreement, clients)
        try await time.settle()
        switch source {
        case .history(let history):
            try await Playback(clients, time: time).play(history.items, progress: progress)
        case .demo(let settings, _):
            let driver = DemoDriver(settings, clients: clients, time: time, desk: desk)
            _ = try await driver.play { progress($0.leads + $0.engagements) }
        }
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

/// A write failed that the stores of a replay cannot undo.
private struct SpoiledReplay: Error {}

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
    let isTemporary: Bool

    init(_ given: String?) throws {
        isTemporary = given == nil
        path =
            given
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("accord-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        if isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }
}
