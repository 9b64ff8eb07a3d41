public import Kernel

/// Something that happened to a lead.
public struct JourneyEntry: Equatable, Sendable {
    /// What kind of step it is; of several at one instant, the earlier one here comes first.
    public enum Kind: Int, Sendable, Comparable {
        case arrival
        /// Ids became one lead, or several again.
        case merge
        case touch
        case engagement
        case score
        case qualification
        case handoff
        case decision
        case timer
        case opportunity
        case outcome

        /// As the contract spells it.
        public var name: String {
            switch self {
            case .arrival, .qualification, .decision, .outcome: "stage"
            case .merge: "merge"
            case .touch: "touch"
            case .engagement: "engagement"
            case .score: "score"
            case .handoff: "handoff"
            case .timer: "timer"
            case .opportunity: "opportunity"
            }
        }

        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    public let at: Instant
    public let kind: Kind
    /// The place among steps of the same kind and instant.
    public let order: Int
    public let title: String
    /// The rep or the side it was with.
    public let owner: String
    public let agreementVersion: Int64

    public init(at: Instant, kind: Kind, order: Int = 0, title: String, owner: String, agreementVersion: Int64) {
        self.at = at
        self.kind = kind
        self.order = order
        self.title = title
        self.owner = owner
        self.agreementVersion = agreementVersion
    }
}

/// A lead's journey: its entries in the order of time, with the gaps between them.
public enum Journey {
    public struct Step: Equatable, Sendable {
        public let entry: JourneyEntry
        /// Since the step before; 0 for the first.
        public let gap: TimeSpan
        /// The gap is a silent stretch.
        public let silent: Bool
    }

    /// From this length on a gap is a silent stretch.
    public static let silence = TimeSpan.days(7)

    /// The order follows from what happened alone, never from what was told first.
    public static func arrange(_ entries: [JourneyEntry]) -> [Step] {
        var previous: Instant?
        return entries.sorted(by: precedes).map { entry in
            let gap = TimeSpan(microseconds: entry.at.microseconds - (previous ?? entry.at).microseconds)
            previous = entry.at
            return Step(entry: entry, gap: gap, silent: gap >= silence)
        }
    }

    private static func precedes(_ left: JourneyEntry, _ right: JourneyEntry) -> Bool {
        (left.at, left.kind, left.order, left.title, left.owner)
            < (right.at, right.kind, right.order, right.title, right.owner)
    }
}
