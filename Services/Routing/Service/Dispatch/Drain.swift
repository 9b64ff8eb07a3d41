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
        var assigned = 0
        var exhausted: Set<String> = []
        var last: HandoffTable.Waiting?
        while true {
            let batch = try handoffs.waiting(for: repID, after: last)
            for waiting in batch where !exhausted.contains(waiting.queue) {
                if let repID, try !roster.isEligible(repID, at: transaction.now) { return assigned }
                guard let stored = try handoffs.find(sequence: waiting.sequence) else { continue }
                let rejections = try handoffs.rejections(waiting.sequence)
                if try reroute(stored, rejections, at: at) {
                    assigned += 1
                } else if freed != .roster, rejections.isEmpty {
                    exhausted.insert(waiting.queue)
                }
            }
            guard let end = batch.last else { return assigned }
            last = end
        }
    }

    /// Decides again about a lead that waits; a decision that changes nothing leaves no trace.
    private func reroute(_ stored: StoredHandoff, _ rejections: [Rejection], at: Instant) throws -> Bool {
        let rules = try rules(stored.handoff.agreementVersion)
        let context = try handoffs.context(stored.sequence)
        let since = max(stored.handoff.createdAt, rejections.last?.at ?? stored.handoff.createdAt)
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
        try handoffs.update(after)
        try handoffs.keepDecision(after.sequence, WireRoutingDecision(decision, keeping: after.handoff))
    }
}
