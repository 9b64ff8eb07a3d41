/// What compiled criteria look at.
public struct CriteriaNeeds: Hashable, Sendable {
    /// Slots of fields, those of filters of behaviour included.
    public private(set) var slots: Set<Int> = []
    /// Kinds of engagement that are counted.
    public private(set) var kinds: Set<String> = []
    /// The verdict can change while all fields stay as they are.
    public private(set) var varyWithTime = false
    /// How far back behaviour counts, in microseconds: nothing that was done earlier is looked at. Nil where all of it is.
    public private(set) var reach: Int64? = 0

    public init() {}

    init(_ leaves: [CriteriaProgram.Leaf]) {
        for leaf in leaves {
            switch leaf {
            case .field(let slot, let test):
                slots.insert(slot)
                varyWithTime = varyWithTime || test.variesWithTime
            case .behaviour(let test):
                kinds.insert(test.event)
                varyWithTime = true
                widen(to: test.within)
                if let filter = test.filter { formUnion(filter.needs) }
            }
        }
    }

    public mutating func formUnion(_ other: CriteriaNeeds) {
        slots.formUnion(other.slots)
        kinds.formUnion(other.kinds)
        varyWithTime = varyWithTime || other.varyWithTime
        widen(to: other.reach)
    }

    private mutating func widen(to span: Int64?) {
        reach = if let reach, let span { max(reach, span) } else { nil }
    }
}

extension FieldTest {
    fileprivate var variesWithTime: Bool {
        switch self {
        case .dateWithin, .dateOlder: true
        default: false
        }
    }
}
