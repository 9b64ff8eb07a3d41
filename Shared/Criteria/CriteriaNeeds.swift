/// What compiled criteria look at.
public struct CriteriaNeeds: Hashable, Sendable {
    /// Slots of fields, those of filters of behaviour included.
    public private(set) var slots: Set<Int> = []
    /// Kinds of engagement that are counted.
    public private(set) var kinds: Set<String> = []
    /// The verdict can change while all fields stay as they are.
    public private(set) var varyWithTime = false

    public init() {}

    init(_ nodes: [CriteriaProgram.Node], _ tests: [FieldTest], _ behaviours: [BehaviourTest]) {
        for node in nodes where node.readsField { slots.insert(Int(node.slot)) }
        for behaviour in behaviours {
            kinds.insert(behaviour.event)
            if let filter = behaviour.filter { formUnion(filter.needs) }
        }
        varyWithTime = varyWithTime || !kinds.isEmpty || tests.contains(where: \.variesWithTime)
    }

    public mutating func formUnion(_ other: CriteriaNeeds) {
        slots.formUnion(other.slots)
        kinds.formUnion(other.kinds)
        varyWithTime = varyWithTime || other.varyWithTime
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
