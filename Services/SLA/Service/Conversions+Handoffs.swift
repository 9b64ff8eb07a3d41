import Contracts
import Criteria
import Kernel
import SLADomain

extension HandoffNews {
    /// - Parameter handoff: the part that every event about a handoff has.
    init(_ event: WireEvent, _ handoff: WireHandoffFacts, _ steps: HandoffStep..., score: WireScore? = nil) {
        self.init(
            eventID: event.eventID, handoffID: handoff.handoffID, leadID: handoff.lead.leadID, repID: handoff.repID,
            team: handoff.team, steps: steps, occurredAt: Instant(event.occurredAt),
            agreementVersion: event.agreementVersion,
            score: score.map { LeadScore(total: $0.total, grade: $0.grade) })
    }
}

extension WireLeadFacts {
    /// The fields that a timer's criteria can see; others of the catalogue are missing, hence unknown.
    func record(_ catalogue: FieldCatalogue, score: LeadScore) -> FieldRecord {
        var record = FieldRecord(catalogue)
        for (name, text) in [
            ("company.name", company), ("company.domain", domain), ("company.industry", industry),
            ("company.country", country), ("account.id", accountID), ("account.tier", tier), ("lead.source", source),
            ("lead.channel", channel), ("lead.campaign", campaign), ("lead.motion", motion), ("lead.segment", segment),
            ("lead.territory", territory), ("lead.tier", tier), ("lead.grade", score.grade),
        ] where !text.isEmpty {
            record[name] = .text(text)
        }
        if hasCreatedAt { record["lead.created_at"] = .date(Instant(createdAt)) }
        if let total = score.total { record["lead.score"] = .number(total) }
        return record
    }
}
