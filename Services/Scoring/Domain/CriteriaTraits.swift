import Criteria

extension Criteria {
    /// Whether a leaf counts what the lead did.
    var readsBehaviour: Bool {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts): parts.contains { $0.readsBehaviour }
        case .leaf: false
        case .behaviour: true
        }
    }

    /// Whether the verdict can change while the lead's own fields stay as they are.
    var variesWithTime: Bool {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts): parts.contains { $0.variesWithTime }
        case .leaf(let leaf): leaf.op == .within || leaf.op == .olderThan
        case .behaviour: true
        }
    }
}
