import Contracts
import Criteria
import Kernel
import RoutingDomain
import Storage
import SwiftProtobuf

/// Leads that became one have one handoff that goes on; leads that are told apart have theirs again.
extension Dispatch {
    /// Puts the handoffs of a lead right after its ids have changed.
    ///
    /// - Parameter leadIDs: every id that means it now.
    func reconcile(_ leadIDs: [String], at: Instant) throws {
        let open = try handoffs.all(leads: leadIDs, openOnly: true)
            .sorted { $0.handoff.goesOn(before: $1.handoff) }
        let ended = try handoffs.mergedIntoOthers(leads: leadIDs)
        guard let goesOn = open.first ?? ended.first else { return }
        // One that is qualified is decided: it takes no capacity, and no clock runs on it.
        let others = open.dropFirst().filter { $0.handoff.state != .qualified }
        for other in others { try end(other, into: goesOn, at: at) }
        if open.isEmpty { try giveBack(goesOn, at: at) }
        for other in ended where other.sequence != goesOn.sequence {
            try handoffs.point(other.sequence, to: goesOn.sequence)
        }
        // Last: until all have ended, what waits may be one of them.
        for other in others { try free(other.handoff, at: at) }
    }

    /// Gives the rep of a handoff that has ended the capacity back, and that to the queue.
    func free(_ worked: Handoff, at: Instant) throws {
        guard worked.state.isWorked, let repID = worked.repID else { return }
        try roster.freed(repID)
        try drain(.rep(repID), at: worked.endOfMerged(at: at))
    }

    private func end(_ stored: StoredHandoff, into other: StoredHandoff, at: Instant) throws {
        let before = stored.handoff
        var after = stored
        after.handoff = before.merged(into: other.handoff, at: at)
        after.queue = nil
        try handoffs.update(&after)
        try handoffs.keepMerged(stored.sequence, into: other.sequence, before: before)
        try remember(
            MergeNote.ended(other.handoff.leadID, goingOn: other.handoff.id), of: after, cause: .leadsMerged, at: at)
        let facts = WireHandoffFacts(after.handoff, try handoffs.facts(stored.sequence))
        try append(
            .handoffClosed(
                .with {
                    $0.handoff = facts
                    $0.reasonCode = after.handoff.reasonCode
                    $0.reasonDetail = after.handoff.reasonDetail
                    $0.mergedInto = other.handoff.id
                }), after.handoff, at: before.endOfMerged(at: at))
    }

    private func giveBack(_ ended: StoredHandoff, at: Instant) throws {
        var stored = ended
        stored.handoff = ended.handoff.reopened(reason: try handoffs.takeMerged(ended.sequence))
        let rules = try rules(stored.handoff.agreementVersion)
        let context = try handoffs.context(stored.sequence)
        let excluded = Set(try handoffs.rejections(stored.sequence).map(\.repID))
        let at = max(at, ended.handoff.closedAt ?? at)
        var router = Router(rules: rules, cause: .leadsSplit, at: at, excluding: excluded)
        let decision = try router.giveBack(stored.handoff, RoutedLead(context, rules), roster: pool)
        if case .assigned(let choice) = decision.outcome, choice.repID == stored.handoff.repID {
            stored.handoff.repID = nil
        }
        _ = try follow(decision, stored, facts: handoffs.facts(stored.sequence), score: context.score)
    }

    /// Keeps a lead that qualified as what it is: part of another one, of which a handoff is open. Where it qualified
    /// alone, it gets a handoff of its own when the two are told apart.
    func remember(
        _ qualified: WireLeadQualified, leadID: String, handoffID: String, rules: RoutingRules, at: Instant,
        beside open: StoredHandoff, wasOwn: Bool
    ) throws {
        guard try handoffs.find(handoffID) == nil else { return }
        try remember(MergeNote.qualified(leadID), of: open, cause: .qualified, at: at)
        guard wasOwn else { return }
        let new = Handoff(
            id: handoffID, leadID: leadID, agreementVersion: rules.version, createdAt: at,
            incomplete: !qualified.context.missingParts.isEmpty)
        let stored = try handoffs.insert(new.merged(into: open.handoff, at: at), queue: nil)
        try handoffs.keepPacket(stored.sequence, facts: qualified.lead, context: qualified.context)
        try handoffs.keepMerged(stored.sequence, into: open.sequence, before: new)
    }

    /// Keeps that a lead qualified when sales had it: nothing follows from it.
    func rememberPast(_ handoffID: String, of leadID: String, by had: StoredHandoff, at: Instant) throws {
        guard try handoffs.find(handoffID) == nil else { return }
        try remember(MergeNote.hadQualified(leadID), of: had, cause: .qualified, at: at)
    }

    private func remember(
        _ note: String, of stored: StoredHandoff, cause: RoutingDecision.Cause, at: Instant
    ) throws {
        let decision = RoutingDecision(
            at: at, agreementVersion: stored.handoff.agreementVersion, cause: cause,
            steps: [TraceStep(.queue, stored.handoff.id, .true, note: note)], outcome: .unchanged)
        try handoffs.keepDecision(stored.sequence, WireRoutingDecision(decision, keeping: stored.handoff))
    }
}

/// What the decisions of a handoff say of another lead that it was one with.
enum MergeNote {
    static func ended(_ leadID: String, goingOn handoffID: String) -> String {
        "\(became(leadID)) \(handoffID) goes on"
    }

    static func qualified(_ leadID: String) -> String {
        "\(leadID) qualified, which is the same lead: its open handoff stays as it is"
    }

    static func hadQualified(_ leadID: String) -> String { "\(leadID) had qualified while sales had it" }

    /// A note as it is once a lead that it may name was erased.
    static func without(_ leadID: String, _ note: String) -> String {
        switch note {
        case qualified(leadID): qualified(nobody)
        case hadQualified(leadID): hadQualified(nobody)
        default: note.hasPrefix(became(leadID)) ? became(nobody) + note.dropFirst(became(leadID).count) : note
        }
    }

    private static func became(_ leadID: String) -> String { "its lead became one with \(leadID):" }

    private static let nobody = "one who was erased"
}
