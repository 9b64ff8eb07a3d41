import Contracts
import Kernel
import ScoringDomain

/// A lead that a request names, with what the request brings.
struct TouchedLead {
    /// As it will be stored.
    var lead: WireLead
    /// As it was before the request; nil for a new one.
    var stored: StoredLead?
    /// A known lead got other fields.
    var isUpdated = false
    /// New ones only.
    var engagements: [WireEngagement] = []
    /// Of these: what came too late to count.
    var lateIDs: Set<String> = []
    let partition: Int

    init(lead: WireLead, stored: StoredLead?) {
        self.lead = lead
        self.stored = stored
        partition = Partition.of(lead.leadID)
    }

    var leadID: String { lead.leadID }
    var isChanged: Bool { stored == nil || isUpdated || !engagements.isEmpty }

    mutating func sortEngagements() {
        let isInOrder = zip(engagements, engagements.dropFirst()).allSatisfy { !Self.precedes($1, $0) }
        if !isInOrder { engagements.sort(by: Self.precedes) }
    }

    private static func precedes(_ left: WireEngagement, _ right: WireEngagement) -> Bool {
        let (leftAt, rightAt) = (Instant(left.occurredAt), Instant(right.occurredAt))
        return leftAt == rightAt ? left.engagementID < right.engagementID : leftAt < rightAt
    }

    func stored(after progress: Progress, now: Instant) -> StoredLead {
        StoredLead(
            lead: lead, memory: progress.memory, createdAt: Instant(lead.createdAt),
            updatedAt: isChanged ? now : stored?.updatedAt ?? now,
            qualifiedAt: progress.crossings.last { $0.trigger != nil }?.at ?? stored?.qualifiedAt,
            engagementCount: (stored?.engagementCount ?? 0) + engagements.count,
            changes: (stored?.changes ?? 0) + progress.steps.count,
            coolingDueAt: progress.memory.coolsAt.map { max($0, now.adding(CoolLeads.patience)) })
    }

    /// Such as `lead created, engagement page_viewed x 2`.
    var cause: String {
        var kinds: [(kind: String, count: Int)] = []
        for index in engagements.indices {
            let kind = engagements[index].kind
            if let place = kinds.firstIndex(where: { $0.kind == kind }) {
                kinds[place].count += 1
            } else {
                kinds.append((kind, 1))
            }
        }
        var text = stored == nil ? "lead created" : isUpdated ? "lead updated" : ""
        for (kind, count) in kinds.prefix(5) {
            text += text.isEmpty ? "engagement " : ", engagement "
            text += kind
            if count > 1 { text += " x \(count)" }
        }
        if kinds.count > 5 { text += ", and \(kinds.count - 5) more kinds" }
        return text
    }
}
