import Contracts
import Hosting
import Storage

/// Leads became one, or several again: reports see them so from now on, and journeys tell it.
struct LeadIdentityConsumer: EventConsumer {
    /// leadsMerged or leadsSplit
    let kind: EventKind
    let identities: LeadIdentities

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let database = transaction.database
        try database.regroup(identities.learn(event, in: transaction))
        for (leadID, detail) in Self.details(event) {
            let number = try database.number(ofLead: leadID)
            transaction.keep(LeadStep(lead: number, kind: kind, detail: detail), of: event)
        }
    }

    /// What the event means for each lead that it makes or ends.
    private static func details(_ event: WireEvent) -> [(leadID: String, detail: String)] {
        let identities = event.leadIdentities
        guard let lead = identities.first else { return [] }
        let merges = event.payload?.kind == .leadsMerged
        let others = merges ? lead.formerIds : identities.dropFirst().map(\.leadID)
        // Of leads that were erased nothing is told.
        guard !others.isEmpty else { return [] }
        return [(lead.leadID, "\(merges ? "with" : "off") \(others.joined(separator: ", "))")]
            + others.map { ($0, "\(merges ? "into" : "from") \(lead.leadID)") }
    }

    /// What one of the details says once leads were erased: nil where it named no others.
    static func detail(_ detail: String, without leadIDs: [String]) -> String? {
        guard let space = detail.firstIndex(of: " ") else { return detail }
        var others = ", \(detail[detail.index(after: space)...]), "
        for id in leadIDs { others.replace(", \(id), ", with: ", ") }
        let rest = others.dropFirst(2).dropLast(2)
        return rest.isEmpty ? nil : "\(detail[..<space]) \(rest)"
    }
}
