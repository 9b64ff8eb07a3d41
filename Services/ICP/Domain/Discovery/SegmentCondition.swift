public import Criteria

/// One property that the deals of a segment have.
public struct SegmentCondition: Hashable, Sendable {
    public enum Test: Hashable, Sendable {
        case equals(String)
        /// An entry of a list.
        case contains(String)
        /// From the low one on, up to but without the high one; one of them may be absent.
        case range(low: Double?, high: Double?)
        case truth(Bool)
        case missing
    }

    public var field: DiscoveryInput.Field
    public var test: Test

    public var criteria: Criteria {
        switch test {
        case .equals(let text): leaf(.eq, .text(text))
        case .contains(let entry): leaf(.contains, .text(entry))
        case .truth(let truth): leaf(.eq, .boolean(truth))
        case .missing: leaf(.missing)
        case .range(let low?, let high?): .all([leaf(.gte, .number(low)), leaf(.lt, .number(high))])
        case .range(let low?, nil): leaf(.gte, .number(low))
        case .range(nil, let high?): leaf(.lt, .number(high))
        case .range(nil, nil): leaf(.exists)
        }
    }

    public var text: String {
        switch test {
        case .equals(let text): "\(field.name) is \(text)"
        case .contains(let entry): "\(field.name) has \(entry)"
        case .truth(let truth): "\(field.name) is \(truth)"
        case .missing: "\(field.name) is missing"
        case .range(let low?, let high?): "\(field.name) from \(Tree.text(of: low)) to under \(Tree.text(of: high))"
        case .range(let low?, nil): "\(field.name) from \(Tree.text(of: low))"
        case .range(nil, let high?): "\(field.name) under \(Tree.text(of: high))"
        case .range(nil, nil): "\(field.name) is known"
        }
    }

    private func leaf(_ op: CriteriaOperator, _ value: FieldValue? = nil) -> Criteria {
        .leaf(Criteria.Leaf(field: field.name, op: op, value: value))
    }
}
