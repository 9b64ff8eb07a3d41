/// The kinds of events, spelled as the fields of `Event.payload`.
public enum EventKind: String, Sendable, CaseIterable {
    case agreementActivated = "agreement_activated"
    case agreementProposed = "agreement_proposed"
    case agreementSigned = "agreement_signed"
    case agreementRejected = "agreement_rejected"
    case agreementWithdrawn = "agreement_withdrawn"
    case reviewDue = "review_due"
    case reviewOverdue = "review_overdue"
    case reviewClosed = "review_closed"
    case leadScored = "lead_scored"
    case leadQualified = "lead_qualified"
    case leadCooled = "lead_cooled"
    case leadRequalified = "lead_requalified"
    case handoffWaiting = "handoff_waiting"
    case handoffAssigned = "handoff_assigned"
    case handoffAccepted = "handoff_accepted"
    case handoffRejected = "handoff_rejected"
    case handoffTouched = "handoff_touched"
    case handoffQualified = "handoff_qualified"
    case handoffClosed = "handoff_closed"
    case timerArmed = "timer_armed"
    case timerWarned = "timer_warned"
    case timerMet = "timer_met"
    case timerBreached = "timer_breached"
    case timerCancelled = "timer_cancelled"
    case leadsMerged = "leads_merged"
    case leadsSplit = "leads_split"
    case leadErased = "lead_erased"
}

extension WireEvent.OneOf_Payload {
    public var kind: EventKind {
        switch self {
        case .agreementActivated: .agreementActivated
        case .agreementProposed: .agreementProposed
        case .agreementSigned: .agreementSigned
        case .agreementRejected: .agreementRejected
        case .agreementWithdrawn: .agreementWithdrawn
        case .reviewDue: .reviewDue
        case .reviewOverdue: .reviewOverdue
        case .reviewClosed: .reviewClosed
        case .leadScored: .leadScored
        case .leadQualified: .leadQualified
        case .leadCooled: .leadCooled
        case .leadRequalified: .leadRequalified
        case .handoffWaiting: .handoffWaiting
        case .handoffAssigned: .handoffAssigned
        case .handoffAccepted: .handoffAccepted
        case .handoffRejected: .handoffRejected
        case .handoffTouched: .handoffTouched
        case .handoffQualified: .handoffQualified
        case .handoffClosed: .handoffClosed
        case .timerArmed: .timerArmed
        case .timerWarned: .timerWarned
        case .timerMet: .timerMet
        case .timerBreached: .timerBreached
        case .timerCancelled: .timerCancelled
        case .leadsMerged: .leadsMerged
        case .leadsSplit: .leadsSplit
        case .leadErased: .leadErased
        }
    }
}
