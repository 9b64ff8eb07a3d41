import Contracts
import Kernel
import ScoringDomain

/// A lead that a request names, with what the request brings.
struct TouchedLead {
    /// As it will be stored.
    var lead: WireLead
    /// As it was before the request; nil for a new one.
    let stored: StoredLead?
    /// A known lead got other fields.
    var isUpdated = false
    /// New ones only.
    var engagements: [WireEngagement] = []
    let partition: Int

    init(lead: WireLead, stored: StoredLead?) {
        self.lead = lead
        self.stored = stored
        partition = Partition.of(lead.leadID)
    }

    var leadID: String { lead.leadID }
    var isChanged: Bool { stored == nil || isUpdated || !engagements.isEmpty }

    mutating func sortEngagements() {
        guard engagements.count > 1 else { return }
        engagements.sort { left, right in
            let (leftAt, rightAt) = (Instant(left.occurredAt), Instant(right.occurredAt))
            return leftAt == rightAt ? left.engagementID < right.engagementID : leftAt < rightAt
        }
    }

    func stored(after progress: Progress, now: Instant) -> StoredLead {
        StoredLead(
            lead: lead, memory: progress.memory, createdAt: Instant(lead.createdAt), updatedAt: now,
            qualifiedAt: progress.crossings.last?.at ?? stored?.qualifiedAt,
            engagementCount: (stored?.engagementCount ?? 0) + engagements.count,
            changes: (stored?.changes ?? 0) + 1)
    }

    /// Such as `lead created, engagement page_viewed x 2`.
    var cause: String {
        var causes: [String] = []
        if stored == nil { causes.append("lead created") }
        if isUpdated { causes.append("lead updated") }
        var kinds: [(kind: String, count: Int)] = []
        for engagement in engagements {
            if let place = kinds.firstIndex(where: { $0.kind == engagement.kind }) {
                kinds[place].count += 1
            } else {
                kinds.append((engagement.kind, 1))
            }
        }
        causes += kinds.prefix(5).map {
            $0.count == 1 ? "engagement \($0.kind)" : "engagement \($0.kind) x \($0.count)"
        }
        if kinds.count > 5 { causes.append("and \(kinds.count - 5) more kinds") }
        return causes.joined(separator: ", ")
    }
}
