import Contracts
public import Kernel
import RPC
import SwiftProtobuf

/// Something that happened, in the order of time.
struct HistoryItem: Sendable {
    var at: Instant
    var record: ImportRecord
}

/// Sends history through the services, as a caller would who had been there.
public struct Playback: Sendable {
    /// How much history one step takes together.
    public var step = TimeSpan.hours(1)
    /// The most records in one request.
    public var batch = 500

    private let clients: SuiteClients
    private let time: PassageOfTime

    public init(_ clients: SuiteClients, time: PassageOfTime) {
        self.clients = clients
        self.time = time
    }

    /// - Parameter progress: told how many of the items have been sent.
    /// - Throws: ``PlaybackRefusal`` where a service refuses an item.
    func play(_ items: [HistoryItem], progress: (Int) -> Void = { _ in }) async throws {
        var position = 0
        while position < items.count {
            let end = items[position].at.adding(step)
            var stop = position
            while stop < items.count, items[stop].at < end { stop += 1 }
            time.pass(items[stop - 1].at)
            try await send(items[position..<stop].map(\.record))
            try await time.settle()
            position = stop
            progress(position)
        }
    }

    /// Sends records of any kinds, in an order in which each finds what it refers to.
    func send(_ records: [ImportRecord]) async throws {
        var sorted = SortedRecords()
        for record in records { sorted.add(record) }
        for batch in sorted.accounts.batches(of: batch) {
            try check(try await clients.icp.upsertAccounts(.with { $0.accounts = batch }).results)
        }
        try await send(sorted.leads, sorted.engagements)
        for batch in sorted.touches.batches(of: batch * 4) {
            try check(try await clients.metrics.recordTouches(.with { $0.touches = batch }).results)
        }
        for batch in sorted.opportunities.batches(of: batch) {
            try check(try await clients.metrics.recordOpportunities(.with { $0.opportunities = batch }).results)
        }
    }

    /// Sends leads with their engagement: what belongs together is scored once.
    private func send(_ leads: [WireLead], _ engagements: [WireEngagement]) async throws {
        var waiting = engagements
        let batches = leads.batches(of: batch)
        for (index, batch) in batches.enumerated() {
            let own = index == batches.count - 1 ? waiting : Self.engagements(waiting, of: batch)
            let sent = own.count > self.batch * 4 ? Array(own.prefix(self.batch * 4)) : own
            if sent.count == waiting.count {
                waiting = []
            } else {
                let ids = Set(sent.map(\.engagementID))
                waiting.removeAll { ids.contains($0.engagementID) }
            }
            let response = try await clients.scoring.upsertLeads(
                .with {
                    $0.leads = batch
                    $0.engagements = sent
                })
            try check(response.results)
            try check(response.engagementResults)
        }
        for batch in waiting.batches(of: batch * 4) {
            try check(try await clients.scoring.recordEngagements(.with { $0.engagements = batch }).results)
        }
    }

    private static func engagements(_ engagements: [WireEngagement], of leads: [WireLead]) -> [WireEngagement] {
        let ids = Set(leads.map(\.leadID))
        return engagements.filter { ids.contains($0.leadID) }
    }

    private func check(_ results: [WireItemResult]) throws {
        guard let failed = results.first(where: { $0.status == .failed }) else { return }
        throw PlaybackRefusal(id: failed.id, message: failed.error.message)
    }
}

/// How time passes for those who play a history. Facts of a step are told before the step's timers are looked at: a
/// rep who acts in time is not warned for a clock that ran ahead.
public struct PassageOfTime: Sendable {
    /// Moves the clock; does nothing where time passes by itself.
    public var pass: @Sendable (Instant) -> Void
    /// Returns when events and timers have settled.
    public var settle: @Sendable () async throws -> Void

    public init(pass: @escaping @Sendable (Instant) -> Void, settle: @escaping @Sendable () async throws -> Void) {
        self.pass = pass
        self.settle = settle
    }

    /// Of services that run elsewhere under the real clock: nobody waits for what they tell each other.
    public static let real = PassageOfTime(pass: { _ in }, settle: {})
}

/// A service refused an item of the history.
public struct PlaybackRefusal: Error, CustomStringConvertible {
    public var id: String
    public var message: String

    public var description: String { "\(id): \(message)" }
}

private struct SortedRecords {
    var accounts: [WireAccount] = []
    var leads: [WireLead] = []
    var engagements: [WireEngagement] = []
    var touches: [WireTouch] = []
    var opportunities: [WireOpportunity] = []

    mutating func add(_ record: ImportRecord) {
        switch record {
        case .account(let account): accounts.append(account)
        case .lead(let lead): leads.append(lead)
        case .engagement(let engagement): engagements.append(engagement)
        case .touch(let touch): touches.append(touch)
        case .opportunity(let opportunity): opportunities.append(opportunity)
        }
    }
}

extension Array {
    /// Runs of at most `size` elements, in order.
    func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
