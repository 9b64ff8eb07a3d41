public import Kernel

/// Reps who take turns.
public struct Pool: Hashable, Sendable {
    public var id: String
    public var members: [PoolMember]

    public init(id: String, members: [PoolMember]) {
        self.id = id
        self.members = members
    }
}

/// A rep in a pool, as they are at the moment of a decision.
public struct PoolMember: Hashable, Sendable {
    public var repID: String
    public var team: String
    public var active: Bool
    /// The most open handoffs at a time; absent means no limit.
    public var capacity: Int?
    public var openHandoffs: Int
    /// The end of the absence that covers the moment; absent means that the rep is there.
    public var absentUntil: Instant?
    /// From 1 to ``FairTurn/maximumWeight``.
    public var weight: Int
    /// What the pool owes the rep, in units of ``FairTurn/lead``.
    public var credit: Int64

    public init(
        repID: String, team: String = "", active: Bool = true, capacity: Int? = nil, openHandoffs: Int = 0,
        absentUntil: Instant? = nil, weight: Int = 1, credit: Int64 = 0
    ) {
        self.repID = repID
        self.team = team
        self.active = active
        self.capacity = capacity
        self.openHandoffs = openHandoffs
        self.absentUntil = absentUntil
        self.weight = weight
        self.credit = credit
    }

    /// Why the rep cannot get this lead now; nil when they can.
    public func obstacle(excluding excluded: Set<String>) -> Obstacle? {
        if excluded.contains(repID) { return .excluded }
        if !active { return .inactive }
        if let absentUntil { return .absent(until: absentUntil) }
        if let capacity, openHandoffs >= capacity { return .atCapacity(open: openHandoffs, capacity: capacity) }
        return nil
    }
}

/// Why a rep is passed over.
public enum Obstacle: Hashable, Sendable {
    case inactive
    /// Had this very lead before: rejected it, or let its clock run out.
    case excluded
    case absent(until: Instant)
    case atCapacity(open: Int, capacity: Int)

    /// It goes away by itself: a lead may wait for this rep.
    public var isTemporary: Bool {
        switch self {
        case .inactive, .excluded: false
        case .absent, .atCapacity: true
        }
    }

    /// Such as `skipped: at capacity 5 of 5`.
    public var note: String {
        switch self {
        case .inactive: "skipped: inactive"
        case .excluded: "skipped: had this lead before"
        case .absent(let until): "skipped: absent until \(until.text)"
        case .atCapacity(let open, let capacity): "skipped: at capacity \(open) of \(capacity)"
        }
    }
}
