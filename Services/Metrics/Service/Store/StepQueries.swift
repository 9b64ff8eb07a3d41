import Contracts
import GRDB
import Kernel
import MetricsDomain
import Storage

extension Database {
    /// What events told of a lead: the acts on its handoffs, and the states it entered by them.
    ///
    /// A merge or a split is kept under each id that it names, so that each knows of it when it is a lead of its own
    /// again: of a lead of both, the id that was told as staying says it. A qualification that is told again since its
    /// lead was told apart from another one is the same one, by what the lead is alone.
    func steps(of lead: Int64, _ leads: LeadResolution) throws -> [JourneyEntry] {
        let statement = try cachedStatement(
            sql: """
                SELECT at, kind, state, rep_id, team, detail, agreement_version, event_id FROM step
                WHERE \(leads.isOf("lead", "?1")) AND NOT (state IS \(DemandState.mql.rawValue) AND EXISTS (
                    SELECT 1 FROM step AS twin
                    WHERE twin.lead = step.lead AND twin.at = step.at AND twin.state = step.state
                        AND (twin.kind, twin.event_id) < (step.kind, step.event_id)))
                ORDER BY event_id, detail GLOB 'with *' OR detail GLOB 'off *' DESC, lead
                """)
        var lastMerge = ""
        return try Row.fetchAll(statement, arguments: [lead]).flatMap { row -> [JourneyEntry] in
            guard let merge = Self.entry(ofMerge: row) else { return Self.entries(ofStep: row) }
            defer { lastMerge = row[7] }
            return lastMerge == row[7] ? [] : [merge]
        }
    }

    private static func entry(ofMerge row: Row) -> JourneyEntry? {
        let title: String
        switch EventKind(rawValue: row[1]) {
        case .leadsMerged: title = "Merged \(row[5] as String)"
        case .leadsSplit: title = "Split \(row[5] as String)"
        default: return nil
        }
        return JourneyEntry(at: row[0], kind: .merge, title: title, owner: "marketing", agreementVersion: row[6])
    }

    private static func entries(ofStep row: Row) -> [JourneyEntry] {
        let state = (row[2] as Int?).flatMap(DemandState.init(rawValue:))
        let kind = EventKind(rawValue: row[1])
        var entries: [JourneyEntry] = []
        if kind == .leadCooled {
            entries.append(
                JourneyEntry(
                    at: row[0], kind: .score, order: 1, title: row[5], owner: "marketing", agreementVersion: row[6]))
        }
        if let kind, let act = Act(kind) {
            entries.append(
                JourneyEntry(
                    at: row[0], kind: .handoff, order: act.order,
                    title: act.title(rep: row[3], detail: row[5]), owner: owner(row), agreementVersion: row[6]))
        }
        if let state {
            let isMarketing = state == .mql
            let trigger: String = row[5]
            entries.append(
                JourneyEntry(
                    at: row[0], kind: isMarketing ? .qualification : .decision, order: state.rawValue,
                    title: isMarketing && !trigger.isEmpty
                        ? "MQL\(kind == .leadRequalified ? " again" : "") by \(trigger)" : state.title,
                    owner: isMarketing ? "marketing" : owner(row), agreementVersion: row[6]))
        }
        return entries
    }

    private static func owner(_ row: Row) -> String {
        let rep: String = row[3]
        let team: String = row[4]
        return !rep.isEmpty ? rep : !team.isEmpty ? team : "sales"
    }
}

/// An act on a handoff, as a journey tells it.
private struct Act {
    let order: Int
    let kind: EventKind

    /// - Returns: nil for events that are not about a handoff.
    init?(_ kind: EventKind) {
        let order: [EventKind] = [
            .handoffAccepted, .handoffTouched, .handoffQualified, .handoffRejected, .handoffClosed, .handoffWaiting,
            .handoffAssigned,
        ]
        guard let place = order.firstIndex(of: kind) else { return nil }
        self.order = place
        self.kind = kind
    }

    func title(rep: String, detail: String) -> String {
        switch kind {
        case .handoffWaiting: "Waits for someone eligible"
        case .handoffAccepted: "Accepted by \(rep)"
        case .handoffQualified: "Qualified by \(rep)"
        case .handoffRejected: "Rejected by \(rep)" + (detail.isEmpty ? "" : " (\(detail))")
        case .handoffClosed: "Handoff closed: \(detail)"
        case .handoffTouched: "Touched by \(rep)" + (detail.isEmpty ? "" : " (\(detail))")
        default: "Assigned to \(rep) \(detail)"
        }
    }
}
