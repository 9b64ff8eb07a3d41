/// The kinds of events, spelled as the fields of `Event.payload`.
public enum EventKind: String, Sendable, CaseIterable {
    case agreementActivated = "agreement_activated"
    case leadScored = "lead_scored"
    case leadQualified = "lead_qualified"
    case handoffWaiting = "handoff_waiting"
    case handoffAssigned = "handoff_assigned"
    case handoffAccepted = "handoff_accepted"
    case handoffRejected = "handoff_rejected"
    case handoffTouched = "handoff_touched"
    case handoffQualified = "handoff_qualified"
    case timerArmed = "timer_armed"
    case timerWarned = "timer_warned"
    case timerMet = "timer_met"
    case timerBreached = "timer_breached"
    case timerCancelled = "timer_cancelled"
}

extension WireEvent.OneOf_Payload {
    public var kind: EventKind {
        switch self {
        case .agreementActivated: .agreementActivated
        case .leadScored: .leadScored
        case .leadQualified: .leadQualified
        case .handoffWaiting: .handoffWaiting
        case .handoffAssigned: .handoffAssigned
        case .handoffAccepted: .handoffAccepted
        case .handoffRejected: .handoffRejected
        case .handoffTouched: .handoffTouched
        case .handoffQualified: .handoffQualified
        case .timerArmed: .timerArmed
        case .timerWarned: .timerWarned
        case .timerMet: .timerMet
        case .timerBreached: .timerBreached
        case .timerCancelled: .timerCancelled
        }
    }
}
