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
        if identities.count == 1 {
            return [(lead.leadID, "with \(lead.formerIds.joined(separator: ", "))")]
                + lead.formerIds.map { ($0, "into \(lead.leadID)") }
        }
        let others = identities.dropFirst().map(\.leadID)
        return [(lead.leadID, "off \(others.joined(separator: ", "))")]
            + others.map { ($0, "from \(lead.leadID)") }
    }
}
