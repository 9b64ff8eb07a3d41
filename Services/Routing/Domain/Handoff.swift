public import Kernel

/// Where a handoff stands.
///
/// `touched` is accepted and touched: a touch before acceptance leaves a handoff `assigned`, since accepting is a
/// promise of its own. `rejected` is a passage: a rejected handoff goes on to recycled, closed, assigned or waiting in
/// the same transaction.
public enum HandoffState: String, Sendable, CaseIterable {
    case waiting, assigned, accepted, touched, qualified, rejected, recycled, closed

    /// An id has one open handoff at most; so has a lead, but for those that were qualified under several of its ids.
    public var isOpen: Bool { self != .recycled && self != .closed }

    /// Takes up a rep's capacity.
    public var isWorked: Bool { self == .assigned || self == .accepted || self == .touched }
}

/// A lead's passage from marketing to sales.
public struct Handoff: Hashable, Sendable {
    public var id: String
    public var leadID: String
    public var state: HandoffState
    /// Nil until someone has it. Who had it last, once it is recycled or closed.
    public var repID: String?
    public var team: String
    /// The pool it came from, or waits for; empty where a rule named the rep.
    public var poolID: String
    /// What it was opened under; its rules hold for it to the end.
    public var agreementVersion: Int64
    public var createdAt: Instant
    /// To the present rep.
    public var assignedAt: Instant?
    /// By the present rep.
    public var acceptedAt: Instant?
    /// The present rep has touched it.
    public var touchedByRep: Bool
    /// The first touch of all.
    public var firstTouchedAt: Instant?
    public var qualifiedAt: Instant?
    /// Recycled or closed.
    public var closedAt: Instant?
    /// Of the last rejection.
    public var reasonCode: String
    public var reasonDetail: String
    public var incomplete: Bool
    /// Times it went from one rep to another.
    public var reassignments: Int
    /// Since when it has been in the queue; nil unless it waits.
    public var waitingSince: Instant?
    /// Who had it before it was rejected, while the next rep is sought.
    public var previousRepID: String?

    /// A handoff that no one has yet.
    public init(id: String, leadID: String, agreementVersion: Int64, createdAt: Instant, incomplete: Bool) {
        self.id = id
        self.leadID = leadID
        self.agreementVersion = agreementVersion
        self.createdAt = createdAt
        self.incomplete = incomplete
        state = .waiting
        waitingSince = createdAt
        team = ""
        poolID = ""
        touchedByRep = false
        reasonCode = ""
        reasonDetail = ""
        reassignments = 0
    }

    /// Gives it to a rep.
    public func assigned(to choice: RoutingDecision.Choice, at: Instant) -> Handoff {
        var next = self
        let previous = repID ?? previousRepID
        next.state = .assigned
        next.repID = choice.repID
        next.team = choice.team
        next.poolID = choice.poolID
        next.assignedAt = at
        next.acceptedAt = nil
        next.touchedByRep = false
        next.previousRepID = nil
        next.waitingSince = nil
        if let previous, previous != choice.repID { next.reassignments += 1 }
        return next
    }

    /// Puts it into the queue, or into another one.
    ///
    /// - Parameter at: when it comes to wait; one that waits already has waited since then.
    public func waiting(for target: RoutingTarget?, at: Instant) -> Handoff {
        var next = self
        next.state = .waiting
        next.waitingSince = state == .waiting ? waitingSince ?? at : at
        next.previousRepID = repID ?? previousRepID
        next.repID = nil
        next.team = ""
        if case .pool(let id) = target { next.poolID = id } else { next.poolID = "" }
        next.assignedAt = nil
        next.acceptedAt = nil
        next.touchedByRep = false
        return next
    }
}

/// A clock of the SLA that ran out.
public struct Breach: Hashable, Sendable {
    /// Whose clock it was.
    public var repID: String
    /// The deadline.
    public var at: Instant
    /// What would have stopped it.
    public var stops: Set<TimerStop>

    public init(repID: String, at: Instant, stops: Set<TimerStop>) {
        self.repID = repID
        self.at = at
        self.stops = stops
    }

    /// Whether the handoff still is as the timer found it. It is not when the rep has changed or the assignment is a
    /// later one, when the rep did what the timer waited for, or when the handoff is decided: then the breach is a
    /// fact about the past, and changes nothing.
    public func concerns(_ handoff: Handoff) -> Bool {
        guard handoff.state.isWorked, handoff.repID == repID, let assignedAt = handoff.assignedAt, at >= assignedAt
        else { return false }
        if stops.contains(.accepted), handoff.acceptedAt != nil { return false }
        return !(stops.contains(.touched) && handoff.touchedByRep)
    }
}
