import Contracts
import RPC

extension WireEvent {
    /// Refuses an event whose payload is not about its key, or does not say what it is about: applying it would make
    /// facts of nothing.
    ///
    /// - Returns: its kind; nil of one that this program does not know.
    /// - Throws: `invalid_argument`.
    func requireSubject() throws -> EventKind? {
        guard let payload else { return nil }
        let isSound =
            switch payload {
            case .agreementActivated(let activated): activated.version.version > 0
            case .agreementProposed(let event): event.version.version > 0
            case .agreementSigned(let event): event.version.version > 0
            case .agreementRejected(let event): event.version.version > 0
            case .agreementWithdrawn(let event): event.version.version > 0
            case .reviewDue(let event): event.review.reviewID > 0
            case .reviewOverdue(let event): event.review.reviewID > 0
            case .reviewClosed(let event): event.review.reviewID > 0
            case .leadScored(let scored): scored.lead.leadID == key
            case .leadQualified(let qualified), .leadRequalified(let qualified): qualified.lead.leadID == key
            case .leadCooled(let cooled): cooled.lead.leadID == key
            case .handoffWaiting(let event): isAbout(event.handoff)
            case .handoffAssigned(let event): isAbout(event.handoff)
            case .handoffAccepted(let event): isAbout(event.handoff)
            case .handoffRejected(let event): isAbout(event.handoff)
            case .handoffTouched(let event): isAbout(event.handoff)
            case .handoffQualified(let event): isAbout(event.handoff)
            case .handoffClosed(let event): isAbout(event.handoff)
            case .timerArmed(let event): isAbout(event.timer)
            case .timerWarned(let event): isAbout(event.timer)
            case .timerMet(let event): isAbout(event.timer)
            case .timerBreached(let event): isAbout(event.timer)
            case .timerCancelled(let event): isAbout(event.timer)
            case .leadsMerged(let event): event.lead.leadID == key && event.lead.sequence > 0
            case .leadsSplit(let event): event.lead.leadID == key && event.lead.sequence > 0
            case .leadErased(let event): event.leadID == key
            }
        guard isSound else {
            throw RPCError(.invalidArgument, "the \(payload.kind.rawValue) is not about its key")
        }
        return payload.kind
    }

    /// Whether its key is the id of a lead.
    var isAboutLead: Bool {
        switch payload {
        case .leadScored, .leadQualified, .leadRequalified, .leadCooled, .leadsMerged, .leadsSplit, .leadErased,
            .handoffWaiting, .handoffAssigned, .handoffAccepted, .handoffRejected, .handoffTouched, .handoffQualified,
            .handoffClosed, .timerArmed, .timerWarned, .timerMet, .timerBreached, .timerCancelled:
            true
        case .agreementActivated, .agreementProposed, .agreementSigned, .agreementRejected, .agreementWithdrawn,
            .reviewDue, .reviewOverdue, .reviewClosed, nil:
            false
        }
    }

    private func isAbout(_ handoff: WireHandoffFacts) -> Bool {
        handoff.lead.leadID == key && !handoff.handoffID.isEmpty
    }

    private func isAbout(_ timer: WireTimer) -> Bool {
        timer.leadID == key && !timer.timerID.isEmpty
    }
}
