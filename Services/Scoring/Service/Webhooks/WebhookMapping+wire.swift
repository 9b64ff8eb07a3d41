import Contracts
import ScoringDomain

extension WebhookMapping {
    init(_ wire: WireWebhookMapping) {
        self.init(
            id: wire.id, kind: wire.kind,
            kinds: Dictionary(wire.kinds.map { ($0.event, $0.kind) }) { first, _ in first },
            attributes: Dictionary(
                wire.attributes.compactMap { attribute in Path(attribute.path).map { (attribute.name, $0) } }
            ) { first, _ in first })
        each = Path(wire.each)
        leadID = Path(wire.leadID)
        email = Path(wire.email)
        engagementID = Path(wire.engagementID)
        event = Path(wire.event)
        occurredAt = Path(wire.occurredAt)
        channel = Path(wire.channel)
        campaign = Path(wire.campaign)
        contentID = Path(wire.contentID)
    }
}
