public import Kernel

/// Handoffs of leads that became one: one goes on, and the others end in its favour until their leads are told apart.
extension Handoff {
    /// The reason of a handoff that ended so; it is of no agreement.
    public static let mergedReason = "merged"

    /// Whether this one goes on rather than another one of the same lead: who has done more for it keeps it, and among
    /// equals who had it for longer.
    public func goesOn(before other: Handoff) -> Bool {
        (standing, createdAt, id) < (other.standing, other.createdAt, other.id)
    }

    /// How far it is, the farthest first; kept by one that ended.
    private var standing: Int {
        if state == .qualified { return 0 }
        return acceptedAt != nil ? 1 : repID != nil ? 2 : 3
    }

    /// Ends in favour of another one. What it was stays visible.
    public func merged(into other: Handoff, at: Instant) -> Handoff {
        var next = self
        next.state = .closed
        next.closedAt = endOfMerged(at: at)
        next.waitingSince = nil
        next.reasonCode = Self.mergedReason
        next.reasonDetail = "\(other.id) goes on, their leads being one"
        return next
    }

    /// When it ends by a merge: not before its rep had it.
    ///
    /// - Parameter at: of the merge.
    public func endOfMerged(at: Instant) -> Instant { max(at, assignedAt ?? createdAt) }

    /// As it was before it ended, with no one having it.
    ///
    /// - Parameter reason: that of its last rejection.
    public func reopened(reason: (code: String, detail: String)) -> Handoff {
        var next = self
        next.state = .waiting
        next.closedAt = nil
        next.reasonCode = reason.code
        next.reasonDetail = reason.detail
        return next
    }
}

extension Router {
    /// Gives a lead back to the rep who had it before it became one with another; where none had it or they do not
    /// work here any more, decides as for any lead. It takes no one's turn, and asks for no free capacity: it was theirs.
    ///
    /// - Parameter roster: as in ``route(_:roster:)``.
    public mutating func giveBack(
        _ handoff: Handoff, _ lead: RoutedLead, roster: (RoutingTarget) throws -> Pool?
    ) rethrows -> RoutingDecision {
        guard let repID = handoff.repID, let rep = try roster(.rep(repID))?.members.first, rep.active else {
            return try route(lead, roster: roster)
        }
        return returned(to: rep, poolID: handoff.poolID)
    }
}
