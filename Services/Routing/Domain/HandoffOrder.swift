public import Kernel

/// What someone wants to do with a handoff.
public enum HandoffCommand: Hashable, Sendable {
    case accept
    case reject(code: String, detail: String, then: AfterRejection)
    /// - alreadyKnown: the activity's id is stored with this handoff.
    case touch(alreadyKnown: Bool)
    case qualify

    /// For people: `accepted`.
    public var participle: String {
        switch self {
        case .accept: "accepted"
        case .reject: "rejected"
        case .touch: "touched"
        case .qualify: "qualified"
        }
    }
}

/// A rejection that happened.
public struct Rejection: Hashable, Sendable {
    public var repID: String
    public var code: String
    public var at: Instant

    public init(repID: String, code: String, at: Instant) {
        self.repID = repID
        self.code = code
        self.at = at
    }
}

/// A command, who gives it, and when it happened.
public struct HandoffOrder: Hashable, Sendable {
    public var command: HandoffCommand
    /// Nil when the caller does not say.
    public var actor: String?
    /// Nil means now.
    public var occurredAt: Instant?

    public init(_ command: HandoffCommand, actor: String? = nil, occurredAt: Instant? = nil) {
        self.command = command
        self.actor = actor
        self.occurredAt = occurredAt
    }
}

/// What becomes of an order.
public enum HandoffDecision: Hashable, Sendable {
    /// The handoff as it is now, and when that happened.
    case changed(Handoff, at: Instant)
    /// It happened before, by the same rep: nothing changes.
    case alreadyDone
}

/// Why an order is refused.
public enum HandoffRefusal: Error, Hashable, Sendable {
    case notTheAssignee(actor: String, assignee: String)
    case impossible(HandoffCommand, state: HandoffState)
    case beforeAssignment(occurredAt: Instant, assignedAt: Instant)
    case inTheFuture(occurredAt: Instant, now: Instant)
}

extension Handoff {
    /// The whole state machine of a handoff in the hands of people.
    ///
    /// - Parameter rejections: earlier ones of this handoff, oldest first.
    public func decide(
        _ order: HandoffOrder, now: Instant, rejections: [Rejection] = []
    ) throws(HandoffRefusal) -> HandoffDecision {
        if happenedBefore(order, rejections) { return .alreadyDone }
        guard let repID, let assignedAt, state != .waiting, state.isOpen else {
            throw .impossible(order.command, state: state)
        }
        if let actor = order.actor, actor != repID { throw .notTheAssignee(actor: actor, assignee: repID) }
        guard allows(order.command) else { throw .impossible(order.command, state: state) }
        let at = order.occurredAt ?? max(now, assignedAt)
        if order.occurredAt != nil, at > now { throw .inTheFuture(occurredAt: at, now: now) }
        if at < assignedAt { throw .beforeAssignment(occurredAt: at, assignedAt: assignedAt) }
        return .changed(changed(by: order.command, at: at), at: at)
    }

    private func allows(_ command: HandoffCommand) -> Bool {
        switch command {
        case .accept: state == .assigned
        case .reject: state.isWorked
        case .touch: state.isWorked || state == .qualified
        case .qualify: state == .accepted || state == .touched
        }
    }

    private func happenedBefore(_ order: HandoffOrder, _ rejections: [Rejection]) -> Bool {
        let byAssignee = order.actor == nil || order.actor == repID
        switch order.command {
        case .accept: return acceptedAt != nil && byAssignee
        case .touch(let alreadyKnown): return alreadyKnown
        case .qualify: return qualifiedAt != nil && byAssignee
        case .reject(let code, _, _):
            guard let actor = order.actor else {
                guard let last = rejections.last, last.code == code else { return false }
                return !state.isOpen || last.at == order.occurredAt
            }
            guard actor != repID || !state.isOpen else { return false }
            return rejections.contains { $0.repID == actor && $0.code == code }
        }
    }

    private func changed(by command: HandoffCommand, at: Instant) -> Handoff {
        var next = self
        switch command {
        case .accept:
            next.acceptedAt = at
            next.state = touchedByRep ? .touched : .accepted
        case .touch:
            next.touchedByRep = true
            next.firstTouchedAt = firstTouchedAt ?? at
            if state == .accepted { next.state = .touched }
        case .qualify:
            next.qualifiedAt = at
            next.state = .qualified
        case .reject(let code, let detail, let then):
            next.reasonCode = code
            next.reasonDetail = detail
            next.state = then.state
            if !next.state.isOpen { next.closedAt = at }
        }
        return next
    }
}

extension AfterRejection {
    /// Where a rejected handoff comes to be; `rejected` goes on to the next rep.
    public var state: HandoffState {
        switch self {
        case .nurture: .recycled
        case .reassign: .rejected
        case .close: .closed
        }
    }
}
