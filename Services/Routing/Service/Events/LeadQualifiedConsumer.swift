import Contracts
import Hosting
import Kernel
import RPC
import RoutingDomain
import Storage

/// Opens a handoff, for a lead that qualified and for one that qualified again. Its id follows from the event's, so that
/// a replayed event cannot make a second one.
struct LeadQualifiedConsumer: EventConsumer {
    /// leadQualified or leadRequalified
    let kind: EventKind
    let library: AgreementLibrary<RoutingRules>
    let identities: LeadIdentities

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let dispatch = Dispatch(transaction, library)
        let at = Instant(event.occurredAt)
        let qualified = event.qualification
        let leadID = qualified.lead.leadID.isEmpty ? event.key : qualified.lead.leadID
        guard !leadID.isEmpty else { throw RPCError(.invalidArgument, "the event names no lead") }
        let rules =
            event.agreementVersion > 0
            ? try dispatch.rules(event.agreementVersion) : try library.required(at: at, transaction.database)
        let handoffID = "h-\(event.eventID)"
        let ids = try identities.ids(of: leadID, transaction.database)
        let open = ids.count == 1 ? nil : try dispatch.handoffs.current(leads: ids)
        if let open, open.handoff.state.isOpen, open.handoff.leadID != leadID {
            return try dispatch.remember(
                qualified, leadID: leadID, handoffID: handoffID, rules: rules, at: at, beside: open,
                wasOwn: identities.wasOwn(leadID, at: at, transaction.database))
        }
        if let decided = try handoffThatWentOn(of: leadID, ids, at: at, dispatch.handoffs) {
            return try dispatch.remember(
                qualified, leadID: leadID, handoffID: handoffID, rules: rules, at: at, beside: decided, wasOwn: true)
        }
        if let had = try handoffThatWasOpen(of: leadID, ids, at: at, dispatch.handoffs) {
            return try dispatch.rememberPast(handoffID, of: leadID, by: had, at: at)
        }
        try dispatch.open(qualified, leadID: leadID, handoffID: handoffID, rules: rules, at: at)
    }

    /// What a former id did before it was merged may be heard after sales have decided on the lead that it became part of:
    /// its handoff would have ended in favour of that one, or been it.
    private func handoffThatWentOn(
        of leadID: String, _ ids: [String], at: Instant, _ handoffs: HandoffTable
    ) throws -> StoredHandoff? {
        guard let mergedAt = try identities.mergedAt(leadID, handoffs.database), at < mergedAt,
            try handoffs.endedByMerge(lead: leadID) == nil
        else { return nil }
        return try handoffs.closed(after: mergedAt, leads: ids)
    }

    /// A split looks at the past of its leads again, and tells where one qualified by itself. Sales need not hear of it
    /// where they had the lead then, and have decided since. Of a former id it may be heard before the split, which is
    /// about to give back what the merge ended.
    private func handoffThatWasOpen(
        of leadID: String, _ ids: [String], at: Instant, _ handoffs: HandoffTable
    ) throws -> StoredHandoff? {
        guard try identities.wasEverMerged(leadID, handoffs.database), try handoffs.open(lead: leadID) == nil else {
            return nil
        }
        let isFormer = try identities.rootID(of: leadID, handoffs.database) != leadID
        if isFormer, let ended = try handoffs.endedByMerge(lead: leadID) { return ended }
        return try handoffs.closed(after: at, leads: isFormer ? [leadID] : ids)
    }
}
