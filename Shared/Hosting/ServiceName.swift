public import Contracts

/// The five services.
public enum ServiceName: String, Sendable, CaseIterable {
    case icp
    case scoring
    case routing
    case sla
    case metrics

    /// Added to the port base: ICP listens on base + 1, Metrics on base + 5.
    public var portOffset: Int {
        switch self {
        case .icp: 1
        case .scoring: 2
        case .routing: 3
        case .sla: 4
        case .metrics: 5
        }
    }

    /// What a service hears: who is told of which events is fixed, and every service knows it.
    public var hears: Set<EventKind> {
        switch self {
        case .icp: []
        case .scoring: [.agreementActivated]
        case .routing:
            [
                .agreementActivated, .leadQualified, .leadRequalified, .leadsMerged, .leadsSplit, .leadErased,
                .timerBreached,
            ]
        case .sla:
            [
                .agreementActivated, .leadsMerged, .leadsSplit, .leadErased, .handoffWaiting, .handoffAssigned,
                .handoffAccepted, .handoffRejected, .handoffTouched, .handoffQualified, .handoffClosed,
            ]
        case .metrics: Set(EventKind.allCases)
        }
    }
}
