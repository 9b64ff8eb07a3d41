import Contracts
import Hosting
public import Kernel
import RPC
import SwiftProtobuf

/// What the demo plays: how many leads, over how long, from which seed.
public struct DemoSettings: Sendable {
    public var seed: UInt64
    public var leads: Int
    public var start: Instant
    public var days: Int64
    /// How many more days are played, in which no lead arrives.
    public var closingDays: Int64 = 0
    /// Of each lead; as many as its interest suggests by default.
    public var engagements: Int?

    /// A quarter, beginning on a Wednesday.
    public init(
        seed: UInt64 = 2026, leads: Int = 3_000, start: Instant = Instant(seconds: 1_782_864_000), days: Int64 = 92
    ) {
        self.seed = seed
        self.leads = leads
        self.start = start
        self.days = days
    }

    public var end: Instant { start.adding(.days(days + closingDays)) }
}

/// How far the demo is.
public struct DemoProgress: Sendable {
    public var now: Instant
    public var leads = 0
    public var engagements = 0
    public var handoffs = 0
    public var opportunities = 0
    /// Handoffs that a rep came to qualify.
    var qualified: Set<String> = []
    /// What a rep did too late: another rep had the lead by then.
    public var overtaken = 0
}

/// Plays a quarter of a company through the services: leads arrive, salespeople react to what they are handed.
public struct DemoDriver: Sendable {
    private let settings: DemoSettings
    private let clients: SuiteClients
    private let time: PassageOfTime
    private let desk: SalesDesk?

    /// - Parameter desk: what Routing assigns, where it is told there; nil where it is to be read from Routing's outbox.
    public init(_ settings: DemoSettings, clients: SuiteClients, time: PassageOfTime, desk: SalesDesk? = nil) {
        self.settings = settings
        self.clients = clients
        self.time = time
        self.desk = desk
    }

    /// Proposes an agreement and signs it for both sides.
    ///
    /// - Returns: its version.
    @discardableResult
    public static func agree(on document: String, _ clients: SuiteClients) async throws -> Int64 {
        let proposed = try await clients.icp.proposeAgreement(
            .with {
                $0.document = document
                $0.proposedBy = "revops@northwind.example"
                $0.comment = "first agreement"
            })
        let version = proposed.version.version
        for (side, signer) in [
            (WireSide.marketing, "vp.marketing@northwind.example"), (.sales, "vp.sales@northwind.example"),
        ] {
            _ = try await clients.icp.signAgreement(
                .with {
                    $0.version = version
                    $0.side = side
                    $0.signer = signer
                    $0.digest = proposed.version.digest
                })
        }
        return version
    }

    /// - Parameter progress: told after every step.
    public func play(progress: (DemoProgress) -> Void = { _ in }) async throws -> DemoProgress {
        let world = DemoWorld(seed: settings.seed, leads: settings.leads)
        try await world.furnish(clients)
        var leads = DemoLeads(world: world, settings: settings)
        var sales = DemoSales(world: world, seed: settings.seed)
        var agenda = Agenda()
        var state = DemoProgress(now: settings.start)
        var position: Int64 = 0
        let playback = Playback(clients, time: time)
        while let hour = agenda.nextHour(with: leads.nextArrival), hour < settings.end.hour {
            while let arrival = leads.nextArrival, arrival.hour <= hour,
                let next = leads.next(count: settings.engagements)
            {
                agenda.add(Instant(next.lead.createdAt), .record(.lead(next.lead)))
                for engagement in next.engagements {
                    agenda.add(Instant(engagement.occurredAt), .record(.engagement(engagement)))
                }
            }
            let step = agenda.take(hour)
            time.pass(step.until)
            try await perform(step.entries, playback, &state)
            try await time.settle()
            for (assigned, at) in try await handoffs(after: &position) {
                state.handoffs += 1
                for action in sales.plan(for: assigned, at: at) {
                    agenda.add(max(action.at, step.until), .sales(action.kind))
                }
            }
            state.now = step.until
            progress(state)
        }
        time.pass(settings.end)
        try await time.settle()
        state.now = settings.end
        progress(state)
        return state
    }

    /// Records what an hour brought, then has the salespeople act, in the order of time.
    private func perform(_ entries: [Agenda.Entry], _ playback: Playback, _ state: inout DemoProgress) async throws {
        var records: [ImportRecord] = []
        var acts: [WireHandoffAct] = []
        for entry in entries {
            switch entry.what {
            case .record(let record):
                records.append(record)
                if case .lead = record { state.leads += 1 } else { state.engagements += 1 }
            case .sales(.opportunity(let handoff, let opportunity)):
                guard state.qualified.contains(handoff) else { continue }
                records.append(.opportunity(opportunity))
                if opportunity.outcome == .open { state.opportunities += 1 }
            case .sales(let kind): acts.append(.with { $0.act = kind.act(at: entry.at) })
            }
        }
        try await playback.send(records)
        for batch in acts.batches(of: playback.batch) { try await perform(batch, &state) }
    }

    private func perform(_ acts: [WireHandoffAct], _ state: inout DemoProgress) async throws {
        let results = try await clients.routing.recordActs(.with { $0.acts = acts }).results
        for (act, result) in zip(acts, results) {
            guard result.status == .failed else {
                if case .qualify(let request)? = act.act { state.qualified.insert(request.handoffID) }
                continue
            }
            guard Self.tooLate.contains(result.error.code) else {
                throw PlaybackRefusal(id: result.id, message: result.error.message)
            }
            state.overtaken += 1
        }
    }

    private static let tooLate = [RPCCode.failedPrecondition, .permissionDenied].map(\.rawValue)

    /// What Routing assigned since it was last asked, or since a position of its outbox.
    private func handoffs(after position: inout Int64) async throws -> [(WireHandoffAssigned, Instant)] {
        if let desk { return desk.take().compactMap(\.assignment) }
        var result: [(WireHandoffAssigned, Instant)] = []
        while true {
            let after = position
            let tail = try await clients.events(of: .routing).tailEvents(
                .with {
                    $0.afterPosition = after
                    $0.limit = 500
                })
            for tailed in tail.events {
                position = max(position, tailed.position)
                if let assignment = tailed.event.assignment { result.append(assignment) }
            }
            if tail.events.count < 500 { return result }
        }
    }
}

extension WireEvent {
    /// What Routing assigned, and when; nil of another event.
    fileprivate var assignment: (WireHandoffAssigned, Instant)? {
        guard case .handoffAssigned(let assigned)? = payload else { return nil }
        return (assigned, Instant(occurredAt))
    }
}

/// What is still to happen, in the order of time.
private struct Agenda {
    enum What: Sendable {
        case record(ImportRecord)
        case sales(DemoSales.Action.Kind)
    }

    struct Entry: Sendable {
        var at: Instant
        var what: What
    }

    /// By the hour, so that a step is found without sorting everything.
    private var hours: [Int64: [Entry]] = [:]
    private var present = Int64.min

    mutating func add(_ at: Instant, _ what: What) {
        hours[max(at.hour, present), default: []].append(Entry(at: at, what: what))
    }

    /// The next hour in which anything happens.
    ///
    /// - Parameter arrival: of the next lead, which is not in the agenda yet.
    func nextHour(with arrival: Instant?) -> Int64? {
        guard let first = hours.keys.min() else { return arrival?.hour }
        return min(first, arrival?.hour ?? first)
    }

    /// What happens in an hour; what is added from now on happens later. What happens at one moment is in the order in
    /// which it was added.
    mutating func take(_ hour: Int64) -> (until: Instant, entries: [Entry]) {
        present = hour + 1
        let entries = hours.removeValue(forKey: hour) ?? []
        // Entries are large, and sorting moves what it sorts.
        let order = entries.enumerated().map { (at: $1.at, place: $0) }.sorted { $0 < $1 }
        return (Instant(seconds: present * 3_600), order.map { entries[$0.place] })
    }
}

extension Instant {
    /// Hours since 1970.
    fileprivate var hour: Int64 { seconds / 3_600 }
}

extension DemoWorld {
    /// Tells Routing who sells and ICP which companies there are.
    func furnish(_ clients: SuiteClients) async throws {
        _ = try await clients.routing.upsertReps(.with { $0.reps = people.map(\.rep) })
        _ = try await clients.routing.upsertPools(.with { $0.pools = pools })
        for batch in accounts.batches(of: 500) {
            _ = try await clients.icp.upsertAccounts(.with { $0.accounts = batch })
        }
    }
}
