/// A lead's stage. Raw values are those of the contract.
public enum DemandState: Int, Sendable, CaseIterable, Comparable {
    case inquiry = 2
    case engaged = 3
    case mql = 4
    case sal = 5
    case sql = 6
    case opportunity = 7
    case customer = 8
    case nurture = 9
    case disqualified = 10
    case lost = 11

    /// The states of the path, in order; the others are off it.
    public static let path: [DemandState] = [.inquiry, .engaged, .mql, .sal, .sql, .opportunity, .customer]

    public var isOnPath: Bool { self <= .customer }

    /// As people say it.
    public var title: String {
        switch self {
        case .inquiry: "Inquiry"
        case .engaged: "Engaged"
        case .mql: "MQL"
        case .sal: "SAL"
        case .sql: "SQL"
        case .opportunity: "Opportunity"
        case .customer: "Customer"
        case .nurture: "Nurture"
        case .disqualified: "Disqualified"
        case .lost: "Lost"
        }
    }

    public static func < (left: DemandState, right: DemandState) -> Bool {
        left.rawValue < right.rawValue
    }
}
