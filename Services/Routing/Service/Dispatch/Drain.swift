import Contracts
import Kernel
import RoutingDomain
import Storage

/// Why someone may be able to take a lead that waits.
enum Freed: Equatable {
    /// A rep has one handoff less.
    case rep(String)
    /// Time has passed: an absence may be over.
    case time
    /// Reps or pools were edited: leads may belong elsewhere now.
    case roster
}

extension Dispatch {
    /// Hands out what waits, oldest first, until no one is eligible.
    ///
    /// - Parameter at: when the capacity became free.
    /// - Returns: how many leads left the queue.
    @discardableResult
    func drain(_ freed: Freed, at: Instant) throws -> Int {
        guard try handoffs.anyoneWaits() else { return 0 }
        let repID: String? = if case .rep(let id) = freed { id } else { nil }
        var line = try WaitingLine(handoffs, for: repID)
        var assigned = 0
        while let waiting = try line.next() {
            if let repID, try !roster.isEligible(repID, at: transaction.now) { return assigned }
            guard let stored = try handoffs.find(sequence: waiting.sequence) else { continue }
            let rejections = try handoffs.rejections(waiting.sequence)
            if try reroute(stored, rejections, at: at) {
                assigned += 1
            } else if freed != .roster, rejections.isEmpty {
                line.close(waiting.queue)
            }
        }
        return assigned
    }

    /// Decides again about a lead that waits; a decision that changes nothing leaves no trace.
    private func reroute(_ stored: StoredHandoff, _ rejections: [Rejection], at: Instant) throws -> Bool {
        let rules = try rules(stored.handoff.agreementVersion)
        let context = try handoffs.context(stored.sequence)
        let since = stored.handoff.waitingSince ?? stored.handoff.createdAt
        var router = Router(
            rules: rules, cause: .capacityFreed, at: max(at, since), excluding: Set(rejections.map(\.repID)))
        let decision = try router.route(RoutedLead(context, rules), roster: pool)
        if case .waiting(let target) = decision.outcome {
            try move(stored, to: target, decision)
            return false
        }
        let facts = try handoffs.facts(stored.sequence)
        _ = try follow(decision, stored, facts: facts, score: context.score)
        return true
    }

    private func move(_ stored: StoredHandoff, to target: RoutingTarget?, _ decision: RoutingDecision) throws {
        var after = stored
        (after.handoff, after.queue) = stored.handoff.following(decision)
        guard after.queue != stored.queue else { return }
        try handoffs.update(&after)
        try handoffs.keepDecision(after.sequence, WireRoutingDecision(decision, keeping: after.handoff))
    }
}

/// Those who wait in several queues, as one line, the oldest first.
private struct WaitingLine {
    private let handoffs: HandoffTable
    /// The first of each queue that is open.
    private var heads: [HandoffTable.Waiting]
    private var last: HandoffTable.Waiting?

    init(_ handoffs: HandoffTable, for repID: String?) throws {
        self.handoffs = handoffs
        heads = try handoffs.queues(for: repID).compactMap { try handoffs.oldest(in: $0, after: nil) }
    }

    mutating func next() throws -> HandoffTable.Waiting? {
        if let last, let index = heads.firstIndex(where: { $0.sequence == last.sequence }) {
            if let following = try handoffs.oldest(in: last.queue, after: last) {
                heads[index] = following
            } else {
                heads.remove(at: index)
            }
        }
        last = heads.min { ($0.createdAt, $0.sequence) < ($1.createdAt, $1.sequence) }
        return last
    }

    /// Leaves the rest of a queue out.
    mutating func close(_ queue: String) {
        heads.removeAll { $0.queue == queue }
    }
}
